"""Who goes on for ever and gets nowhere."""

import pytest
from tests.check.systems import system

from bench.models.spin_lock import m2
from splx.check import codes, properties
from splx.check.bare import Source, Start, bare
from splx.check.groups import groups_of
from splx.check.live import judge
from splx.check.loading import Bounds
from splx.check.path import comes_back
from splx.check.properties import Answer
from splx.check.story import story_of
from splx.check.verdict import check
from splx.lang.kernel import Struct, atomic, atomic_step, entry, i64, spin_while
from splx.machine.intrinsics import choose, dev_write, halt, intr_enable, leave, pic_eoi, pic_mask

COUPLED = Bounds(coupled=True)


class Fork(Struct):
    """0 on the table, else who has it."""

    taken: i64


left, right = Fork(), Fork()


@atomic_step
def take(fork: Fork, me: int) -> bool:
    free = fork.taken == 0
    if free:
        fork.taken = me
    return free


@atomic_step
def put(fork: Fork) -> None:
    fork.taken = 0


@entry
def polite_left(me: int) -> None:
    """Takes one fork, tries the other, and puts the first one back if it cannot have both."""
    done = False
    while not done:
        if take(left, me):
            if take(right, me):
                done = True
                put(right)
            put(left)
    halt()


@entry
def polite_right(me: int) -> None:
    done = False
    while not done:
        if take(right, me):
            if take(left, me):
                done = True
                put(left)
            put(right)
    halt()


class Clock(Struct):
    hand: i64


clock = Clock()


@entry
def ticks(_: int) -> None:
    while True:
        move_hand(1)
        move_hand(0)


@atomic_step
def move_hand(to: int) -> None:
    clock.hand = to


@entry
def takes_again_and_again(me: int) -> None:
    while True:
        wait_for(left, me)
        put(left)


@atomic_step
def wait_for(fork: Fork, me: int) -> None:
    spin_while(fork.taken != 0)
    fork.taken = me


def polite(*more):
    return bare("polite", [Start(polite_left, 1, 0, "one"), Start(polite_right, 2, 1, "two"), *more])


def test_two_who_give_way_to_each_other_for_ever():
    found = check(polite()).finding
    assert found.code == codes.LIVELOCK
    assert found.why == "one and two go on for ever, and nobody gets anywhere"
    assert [(each.group.name, each.how) for each in found.stuck] == [("one", "loops"), ("two", "loops")]
    # each takes its own, finds the other taken, and puts it back
    assert len(found.cycle) == 6
    assert found.shortest
    assert comes_back(polite(), Bounds(), found.moves, found.cycle)
    assert not comes_back(polite(), Bounds(), found.moves, found.cycle[:-1])


class Flags(Struct):
    one: i64 = atomic()
    two: i64 = atomic()


flags = Flags()


@entry
def asks_first(_: int) -> None:
    """Says that it wants in, and takes that back while the other one does."""
    flags.one = 1
    while flags.two != 0:
        flags.one = 0
        flags.one = 1
    halt()


@entry
def asks_second(_: int) -> None:
    flags.two = 1
    while flags.one != 0:
        flags.two = 0
        flags.two = 1
    halt()


@pytest.mark.parametrize("tso", [False, True])
def test_a_round_leads_back_to_the_same_state_and_with_store_buffers_to_the_same_buffers(tso):
    system_, bounds = bare("ask", [Start(asks_first, cpu=0), Start(asks_second, cpu=1)]), Bounds(tso=tso)
    found = check(system_, bounds, only=("livelock",)).finding
    assert found.code == codes.LIVELOCK
    assert comes_back(system_, bounds, found.moves, found.cycle)
    assert not comes_back(system_, bounds, found.moves, found.cycle[:-1])


@pytest.mark.parametrize("name", ["livelock", "starvation"])
def test_compiled_and_plain_find_the_same(name):
    found = [check(polite(), only=(name,), engine=engine).finding for engine in ("native", "plain")]
    assert found[0].code == found[1].code
    assert (found[0].moves, found[0].cycle) == (found[1].moves, found[1].cycle)


def test_beside_a_clock_that_goes_on_who_gets_nowhere_is_starved():
    system = polite(Start(ticks, 0, 2))
    found = check(system, only=("starvation",)).finding
    assert found.code == codes.STARVATION
    assert found.why == "one goes round and round in polite_left and gets no further while ticks goes on"


@entry
def waits_for_a_fork(me: int) -> None:
    wait_for(left, me)
    halt()


@entry
def walks_off_with_it(me: int) -> None:
    while not take(left, me):
        pass
    while True:
        move_hand(1)
        move_hand(0)


def test_who_can_never_go_on_while_others_do_is_starved_too():
    starts = [Start(waits_for_a_fork, 1, 0, "one"), Start(walks_off_with_it, 2, 1, "two")]
    found = check(bare("walks off", starts), only=("starvation",))
    assert found.finding.code == codes.STUCK
    assert found.finding.why == "one never goes on, whatever happens next"


def test_a_clock_that_ticks_for_ever_is_neither():
    assert check(bare("clock", [Start(ticks, 0, 0)]), only=("livelock", "starvation")).holds


def test_whoever_waits_for_a_lock_that_is_free_again_and_again_gets_it():
    """Strong fairness: the waiter can move again and again, though not always. Weak fairness would not do."""
    starts = [Start(takes_again_and_again, n + 1, n, name) for n, name in enumerate(("one", "two"))]
    assert check(bare("greedy", starts), only=("starvation",)).holds


def test_a_thread_that_is_interrupted_again_and_again_gets_its_lock():
    """M2 as it is right, in a storm of interrupts."""
    assert check(m2(1), COUPLED, only=("starvation",)).holds


@entry
def guesses(_: int) -> None:
    guess = 0
    while guess == 0:
        guess = choose(2)
    halt()


def test_whoever_draws_again_and_again_is_in_no_livelock():
    verdict = check(bare("guess", [Start(guesses, cpu=0)]), only=("livelock",))
    assert verdict.holds
    assert "draws may come out the same for ever, but for livelock" in ", ".join(verdict.assumptions)


def test_what_is_drawn_may_be_the_same_for_ever():
    found = check(bare("guess", [Start(guesses, cpu=0)]), only=("starvation",)).finding
    assert found.code == codes.STARVATION
    assert len(found.cycle) == 1


def test_what_comes_only_after_one_outcome_of_a_draw_need_not_come():
    verdict = check(system("lucky"))
    assert verdict.finding.code == codes.EVENTUALLY
    assert "choose returns 0" in story_of(verdict)


def test_a_worse_thread_that_works_on_as_it_draws_keeps_an_owner_from_running():
    """It may run out of work, and need not."""
    found = check(system("inverted_while_drawn", "textbook:lock=fifo")).finding
    assert found.code == codes.INVERSION
    assert check(system("inverted_while_drawn", "textbook:lock=inherit")).holds


@entry
def tries(me: int) -> None:
    while not take(left, me):
        pass
    put(left)
    halt()


@entry
def keeps(me: int) -> None:
    """Takes it, and never comes to give it back."""
    wait_for(left, me)
    halt()


def test_whoever_tries_again_for_what_nobody_gives_back_is_in_a_livelock():
    found = check(bare("kept", [Start(tries, 1, 0, "one"), Start(keeps, 2, 1, "two")])).finding
    assert found.code == codes.LIVELOCK
    assert found.why == "one goes on for ever, and nobody gets anywhere"
    assert len(found.cycle) == 1


def test_what_is_to_come_comes_if_the_arrivals_that_it_waits_for_do():
    found = check(system("served")).finding
    assert found.code == codes.EVENTUALLY
    assert found.why.startswith("`it_is_served` is to be true eventually, and is not when this goes on for ever")
    assert comes_back(system("served"), Bounds(), found.moves, found.cycle)
    assert check(system("served"), Bounds(fair=("nic",))).holds


def test_what_is_to_come_need_not_come_when_everything_can_come_to_rest_before():
    found = check(system("served", HOW=1), Bounds(fair=("nic",), budgets={"nic": 1})).finding
    assert found.code == codes.EVENTUALLY
    assert found.why.startswith("`it_is_served` is to be true eventually, and is not when everything comes to rest")
    assert found.cycle == ()


def test_two_locks_in_one_order_and_a_kernel_that_is_fair():
    assert check(system("polite", HOW=1)).holds
    found = check(system("polite")).finding
    assert found.code == codes.LIVELOCK
    assert [(each.group.name, each.how, each.on) for each in found.stuck] == [
        ("one", "loops", "one"), ("two", "loops", "two"),
    ]  # fmt: skip
    assert comes_back(system("polite"), Bounds(), found.moves, found.cycle)


def test_the_story_of_what_never_comes_shows_every_write_of_its_words():
    found = check(system("update_lost"), Bounds(fair=("nic",)), only=("eventually",)).finding
    assert found.code == codes.EVENTUALLY
    assert found.words == ("box.n",)


def test_ksoftirqd_does_something_each_time_it_is_woken_however_little_time_there_is():
    assert check(system("soft_in_the_end", "linux"), only=("eventually",)).holds


def test_a_high_thread_waits_for_a_low_one_as_long_as_a_middle_one_has_work_unless_it_lends():
    """The middle one may stop, so nobody is stuck for ever: that alone would not be found."""
    found = check(system("inverted", "textbook"), only=("inversion", "stuck", "asleep"))
    assert found.finding.code == codes.INVERSION
    assert found.finding.why == (
        "high waits for lock as long as middle likes: low holds it and is kept from running, and nothing is lent to it"
    )
    assert [(each.who, each.how, each.whom) for each in found.finding.graph.waits] == [
        ("high", "sleeps", "low"), ("low", "ready", "middle"),
    ]  # fmt: skip
    assert found.answers["asleep"].value == "holds"
    assert check(system("inverted"), only=("inversion",)).holds


@entry
@atomic_step
def masks(irq: int) -> None:
    """Takes an interrupt, and shuts the line for good."""
    pic_mask(irq)
    pic_eoi(irq)
    dev_write(irq, 4, 0)
    leave()


@entry
def lets_in(_: int) -> None:
    intr_enable()
    while True:
        halt()


def test_a_line_that_is_masked_for_ever_is_told_even_if_nothing_can_arrive_any_more():
    shut = bare("shut", [Start(lets_in, cpu=0)], sources=[Source("line", 0, 1)], vector=masks)
    found = check(shut, Bounds(budgets={"line": 1})).finding
    assert found.code == codes.MASKED
    assert found.why == "the line of line stays masked, whatever happens next"
    assert check(shut).finding.code == codes.UNHEARD  # the next item waits for ever


@pytest.mark.parametrize("design", ["netbsd-5", "doran-2006", "netbsd-2006-deferred"])
def test_that_more_may_arrive_does_not_excuse_an_item_that_nobody_takes(design):
    found = check(system("one_of_two", design), Bounds(ring=2)).finding
    assert (found.code, found.cost) == (codes.UNHEARD, 2)
    assert found.why == "an item of card is never taken, whatever happens next, if no more arrive there"
    assert check(system("one_of_two", design, ALL=1), Bounds(ring=2)).holds
    no_more = check(system("one_of_two", design), Bounds(ring=2, budgets={"card": 2})).finding
    assert no_more.why == "an item of card is never taken unless card comes a third time"  # the oldest is, then


def test_of_a_round_in_which_nobody_writes_anything_it_is_told_what_is_looked_at():
    verdict = check(system("after_you"))
    assert verdict.finding.code == codes.LIVELOCK
    told = [" ".join(line.split()) for line in story_of(verdict).splitlines()]
    assert sorted(told[told.index("-- from here on, again and again:") + 1 :]) == [
        "reads flags.one: 0 -- after_you.py:27 while flags.one == 0:",
        "reads flags.two: 0 -- after_you.py:18 while flags.two == 0:",
    ]
    assert check(system("after_you", FIRST=1)).holds


def test_an_interrupt_thread_that_never_ends_leaves_its_level_without_one():
    found = check(system("crossed_softint"), only=("exhausted",)).finding
    assert found.code == codes.EXHAUSTED
    assert found.why.startswith(
        "softnet/0 leaves its level without a thread: softnet/0 sleeps on a and nobody can wake"
    )


def test_where_a_level_has_two_it_is_left_with_one():
    found = check(system("kept_for_ever", "doran-2006:threads=2"), only=("exhausted",)).finding
    assert found.why.startswith("intr7/0 leaves its level with a thread less: intr7/0 sleeps on lock")


@pytest.mark.parametrize("design", ["freebsd", "qnx"])
def test_an_interrupt_thread_that_the_scheduler_runs_is_stuck_if_it_sleeps_in_its_handler(design):
    verdict = check(system("held_across", design))
    assert "irq/disk sleeps on device and nobody can wake it" in verdict.finding.why
    assert verdict.answers["exhausted"] is Answer.FOUND
    alone = check(system("held_across", design), only=("exhausted",)).finding
    assert alone.why.startswith("irq/disk is there for nothing else any more: irq/disk sleeps on device")
    assert check(system("held_across", design, HELD=0)).holds


def test_linux_rt_says_so_of_whoever_sleeps_while_it_holds_a_lock_that_spins_elsewhere():
    found = check(system("held_across", "linux-rt")).finding
    assert found.why.startswith("BUG: sleeping function called from invalid context")
    assert check(system("held_across", "linux-rt", HELD=0)).holds


def test_what_has_been_asked_for_comes_without_being_said_to_be_fair():
    """The completion of a request is no arrival that may fail to come."""
    assert check(system("disk")).holds


@pytest.mark.parametrize("bounds", [Bounds(fuse=True), Bounds(), Bounds(single=True)], ids=["fused", "not", "single"])
@pytest.mark.parametrize(
    ("tick", "name", "code"),
    [(False, "livelock", codes.LIVELOCK), (True, "livelock", codes.LIVELOCK), (True, "starvation", codes.STARVATION)],
)
def test_who_gets_nowhere_does_not_depend_on_how_large_a_step_is(bounds, tick, name, code):
    more = [Start(ticks, 0, 2)] if tick else []
    found = check(polite(*more), bounds, only=(name,)).finding
    assert found.code == code
    assert comes_back(polite(*more), bounds, found.moves, found.cycle)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        (0, "one and two go on for ever, and can never get round again, whatever the others do"),
        (2, "one and two go on for ever, and get nowhere, though nobody else is in the way"),
        (5, "one goes on for ever, and can never get round again, whatever the others do"),
    ],
)
def test_that_handlers_return_for_ever_helps_nobody_who_gets_nowhere(how, why):
    built = system("beside_a_clock", "linux", HOW=how)
    found = check(built, Bounds(fuse=True)).finding
    assert (found.code, found.why) == (codes.LIVELOCK, why)
    assert comes_back(built, Bounds(), found.moves, found.cycle)


def test_nor_that_the_clock_is_said_to_keep_ticking():
    found = check(system("beside_a_clock", "linux", HOW=2), Bounds(fuse=True, fair=("clock",))).finding
    assert found.why == "one and two go on for ever, and get nowhere, though nobody else is in the way"


@pytest.mark.parametrize("how", [1, 3, 4, 6])
def test_who_waits_for_what_arrives_or_is_only_unlucky_gets_somewhere(how):
    assert check(system("beside_a_clock", "linux", HOW=how), Bounds(fuse=True)).holds


def test_who_can_never_get_round_is_found_beside_a_thread_that_does():
    found = check(system("beside_a_server")).finding
    assert found.code == codes.LIVELOCK
    assert found.why == "one goes on for ever, and can never get round again, whatever the others do"


@pytest.mark.parametrize("how", [0, 1, 2])
@pytest.mark.parametrize("design", ["linux", "freebsd"])
def test_two_who_give_way_to_each_other_are_found_whatever_a_third_does_on_its_own(how, design):
    built = system("two_beside", design, HOW=how)
    found = check(built, Bounds(fuse=True)).finding
    assert found.why == "one and two go on for ever, and get nowhere, though nobody else is in the way"
    assert comes_back(built, Bounds(), found.moves, found.cycle)


def test_what_is_told_does_not_depend_on_what_was_looked_for_since():
    built, found = system("two_beside", "linux", HOW=2), []

    def tell(checker):
        asked = {properties.LIVELOCK, properties.STARVATION}
        found.extend(each.tell() for each in list(judge(checker, groups_of(built), asked)))

    check(built, Bounds(fuse=True), only=("livelock", "starvation"), at_end=tell)
    assert {each.code for each in found} == {codes.LIVELOCK, codes.STARVATION}
    assert all(comes_back(built, Bounds(), each.moves, each.cycle) for each in found)


def test_who_sleeps_beside_them_hides_nothing():
    found = check(system("two_beside", "linux", HOW=5), Bounds(fuse=True), only=("livelock",)).finding
    assert found.why == "one and two go on for ever, and get nowhere, though nobody else is in the way"


@pytest.mark.parametrize("design", ["textbook", "freebsd"])
def test_handlers_that_give_way_to_each_other_are_found_beside_a_thread_that_goes_on(design):
    found = check(system("handlers_beside", design), Bounds(fuse=True), only=("livelock",)).finding
    who = " and ".join(each.group.name for each in found.stuck[:2])
    assert found.why == f"{who} go on for ever, and get nowhere, though nobody else is in the way"


@pytest.mark.parametrize("design", ["freebsd", "xnu", "thomas-2007"])
def test_an_interrupt_thread_whose_handler_returns_again_and_again_gets_somewhere(design):
    served = system("served_for_ever", design)
    assert check(served, Bounds(fuse=True, fair=("card",)), only=("starvation", "livelock")).holds


class Line(Struct):
    """A fair lock: whoever comes draws the next number."""

    next: i64 = atomic()
    serving: i64 = atomic()


line = Line()


@atomic_step
def number() -> int:
    mine = line.next
    line.next = (mine + 1) & 3
    return mine


def passes() -> None:
    mine = number()
    spin_while(line.serving != mine)
    line.serving = (line.serving + 1) & 3


def both(mine: Fork, other: Fork, me: int) -> None:
    """Takes one fork, tries the other, gives way if it cannot have both, and stands in line before it tries again."""
    done = False
    while not done:
        if take(mine, me):
            if take(other, me):
                done = True
                put(other)
            put(mine)
        passes()


@entry
def left_first(me: int) -> None:
    both(left, right, me)
    halt()


@entry
def right_first(me: int) -> None:
    both(right, left, me)
    halt()


@entry
def goes_by(_: int) -> None:
    while True:
        passes()


def test_two_who_give_way_to_each_other_are_found_though_all_pass_a_lock_that_a_third_takes():
    starts = [Start(left_first, 1, 0, name="one"), Start(right_first, 2, 1, name="two"), Start(goes_by, 0, 2)]
    found = check(bare("line", starts)).finding
    assert found.why == "one and two go on for ever, and get nowhere, though nobody else is in the way"


@pytest.mark.parametrize("how", [3, 4])
def test_who_is_only_unlucky_with_one_who_goes_on_is_none_of_these(how):
    built = system("two_beside", "linux", HOW=how)
    assert check(built, Bounds(fuse=True)).holds
    assert check(built, Bounds(fuse=True), only=("starvation",)).finding.code == codes.STARVATION


@pytest.mark.parametrize("bounds", [Bounds(fuse=True), Bounds(single=True)], ids=["fused", "single"])
@pytest.mark.parametrize("how", [0, 1, 2])
def test_a_loop_that_ends_is_none_that_goes_on_also_where_it_is_the_first_thing_in_one(how, bounds):
    found = check(system("waits_first", "linux", HOW=how), bounds).finding
    assert (found.code, found.why) == (codes.LIVELOCK, "one goes on for ever, and nobody gets anywhere")


@pytest.mark.parametrize("want", [0, 1])
@pytest.mark.parametrize("both", [0, 1])
def test_who_draws_again_and_again_comes_to_everything_that_can_be_drawn(want, both):
    assert check(system("draws", WANT=want, BOTH=both), Bounds(fuse=True)).holds
    nothing = check(system("draws", WANT=2, BOTH=both), Bounds(fuse=True)).finding
    assert nothing.why == "one goes on for ever, and nobody gets anywhere"


@atomic_step
def say(fork: Fork, what: int) -> None:
    fork.taken = what


@entry
def asks(_: int) -> None:
    while clock.hand == 0:
        say(left, 3)
    halt()


@entry
def answers(_: int) -> None:
    while True:
        put(left)
        if left.taken == 3:  # if it was asked just now
            move_hand(1)


def test_nor_is_one_whom_somebody_else_has_to_answer():
    system = bare("asks", [Start(asks, 0, 0), Start(answers, 0, 1)])
    assert check(system).holds
    assert check(system, only=("starvation",)).finding.code == codes.STARVATION


@entry
def sets_it_right(_: int) -> None:
    while clock.hand == 1:
        clock.hand = 0
        while clock.hand == 0:
            clock.hand = 1
    halt()


@entry
def turns_it(_: int) -> None:
    while True:
        clock.hand = 0
        clock.hand = 1 - clock.hand


def test_nor_one_who_needs_that_a_store_of_somebody_else_becomes_visible():
    system = bare("right", [Start(sets_it_right, 0, 0), Start(turns_it, 0, 1)])
    found = check(system, Bounds(tso=True), only=("livelock", "starvation"))
    assert (found.answers["livelock"], found.finding.code) == (Answer.HOLDS, codes.STARVATION)


@pytest.mark.parametrize(
    ("design", "how", "who"),
    [("textbook", how, "interrupts of CPU 0 go") for how in range(3)] + [("freebsd", 2, "irq/nic goes")],
)
def test_a_handler_that_never_returns_gets_nowhere_however_often_a_clock_does_on_its_cpu(design, how, who):
    """`while True` is meant to go on in a thread, and not in a handler; nor is it a return that its own loop calls."""
    found = check(system("never_returns", design, HOW=how), only=("livelock",)).finding
    assert found.why == f"{who} on for ever, and can never get round again, whatever the others do"
