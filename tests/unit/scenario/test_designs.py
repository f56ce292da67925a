"""Designs: complete, well formed, configurable, and open to a user's own mechanism."""

import importlib
from inspect import isfunction
from types import FunctionType, ModuleType

import pytest

from splx.base.diagnostics import SplxError
from splx.kernel.interface import levels
from splx.kernel.interface.locks import MUTEX_ADAPTIVE, MUTEX_CEILING, MUTEX_SIMPLE, MUTEX_SLEEP, MUTEX_SPIN
from splx.lang.links import LinkConst
from splx.program.link import ByLock
from splx.scenario.build.invariants import invariants
from splx.scenario.design import functions, slots
from splx.scenario.designs import design, designs
from splx.scenario.levels import HARD, SOFT
from splx.scenario.mutants import Edit, mutated
from splx.scenario.vectors import AXES

DESIGNS = designs()
every = pytest.mark.parametrize("each", DESIGNS.values(), ids=DESIGNS)
IPLS = {value.name for value in vars(levels).values() if isinstance(value, LinkConst) and value.name.startswith("IPL_")}


def refused(*args):
    with pytest.raises(SplxError) as error:
        design(*args)
    (found,) = error.value.diagnostics
    return found


def test_the_designs():
    netbsd = ["netbsd-2006", "netbsd-2006-deferred", "doran-2006", "netbsd-5"]
    linux = ["linux", "linux-threadirqs", "linux-napi-threaded", "linux-rt"]
    others = ["solaris", "freebsd", *linux, "thomas-2007", "windows", "dragonfly", "qnx", "xnu", "sel4"]
    assert list(DESIGNS) == [*netbsd, *others, "textbook"]


@every
def test_a_design_chooses_on_every_axis(each):
    assert tuple(each.choices) == AXES
    assert all(each.choices.values())


@every
def test_a_design_has_every_level(each):
    assert set(each.levels) == IPLS - {"IPL_DIRECT", "IPL_BIGLOCK", "IPL_FLAG"}
    assert len(each.rungs) <= levels.LEVELS


@every
def test_levels_rise_from_none_over_preemption_and_soft_ones_to_high(each):
    level = each.level
    assert level("IPL_NONE") == 0
    if each.has("spl_rt"):  # levels of threads, which can be preempted at all of them
        assert max(level(name) for name in (*SOFT, "IPL_AUDIO")) < level("IPL_PREEMPT") < level("IPL_CLOCK")
    else:
        assert level("IPL_PREEMPT") == 1 < min(level(name) for name in SOFT)
    assert [level(name) for name in SOFT] == sorted(level(name) for name in SOFT)
    assert level("IPL_SCHED") <= level("IPL_HIGH")
    assert all(level(name) > level("IPL_SOFTCLOCK") for name in HARD)


@every
def test_what_wakes_a_thread_is_no_higher_than_the_schedulers_locks(each):
    for name in HARD[: HARD.index("IPL_SCHED")]:
        assert each.level(name) <= each.level("IPL_SCHED")


@every
def test_a_design_has_a_body_for_what_a_driver_calls(each):
    bodies = each.bodies()
    driver = set(importlib.import_module("splx.kernel.interface.driver").__all__) & set(slots())
    # a scenario that declares an rwlock is refused there
    shared = each.has("rwlock", "rwlock_rt", "lockmgr", "eresource")
    refused = set() if shared else {name for name in driver if name.startswith("rw_")}
    if not each.has("tasklet"):  # so is one that declares a tasklet
        refused |= {name for name in driver if name.startswith("tasklet_")}
    if not each.has("dpc_target"):
        refused |= {"softint_schedule_cpu"}
    if not each.has("gate"):
        refused |= {"close_gate", "open_gate", "sleep_gate", "sleep_gate_deadline", "wakeup_gate"}
    if not each.has("irq_manage"):  # and so is the call
        refused |= {"disable_irq", "disable_irq_nosync", "enable_irq"}
    if not each.has("intr_disestablish"):  # likewise
        refused |= {"intr_disestablish"}
    if not each.has("callout"):  # so is one that calls `hardclock`, or waits for ticks
        refused |= {"callout_schedule", "callout_stop", "callout_halt", "cv_timedwait", "kpause"}
    assert driver - set(bodies) == refused


@every
def test_its_mechanisms_are_all_there_and_each_is_used(each):
    for name in each.mechanisms:
        module = importlib.import_module(f"splx.kernel.{name}")
        assert any(body.__module__ == module.__name__ for body in each.bodies().values() if isfunction(body)), name


@every
def test_locks_of_one_kind_go_straight_to_their_body(each):
    enter = each.bodies()["mutex_enter"]
    assert isinstance(enter, ByLock)
    assert {each.sleep_kind, each.spin_kind} <= set(enter.bodies)


@pytest.mark.parametrize(("name", "kinds"), [
    ("netbsd-2006", [MUTEX_SLEEP, MUTEX_SIMPLE, MUTEX_SIMPLE, MUTEX_SIMPLE]),
    ("netbsd-5", [MUTEX_ADAPTIVE, MUTEX_ADAPTIVE, MUTEX_SPIN, MUTEX_SPIN]),
    ("doran-2006", [MUTEX_ADAPTIVE, MUTEX_ADAPTIVE, MUTEX_ADAPTIVE, MUTEX_SPIN]),
    ("doran-2006:line_at=IPL_NET", [MUTEX_ADAPTIVE, MUTEX_ADAPTIVE, MUTEX_SPIN, MUTEX_SPIN]),
    ("textbook:lock=ceiling", [MUTEX_CEILING, MUTEX_SPIN, MUTEX_SPIN, MUTEX_SPIN]),
])  # fmt: skip
def test_the_kind_of_a_lock_follows_its_level(name, kinds):
    declared = ["IPL_NONE", "IPL_SOFTNET", "IPL_NET", "IPL_CLOCK"]
    assert [design(name).kind_of(level) for level in declared] == kinds


@pytest.mark.parametrize(("name", "levels"), [
    ("netbsd-2006", ["IPL_BIO", "IPL_NET", "IPL_VM", "IPL_CLOCK"]),
    ("doran-2006", ["IPL_BIO", "IPL_NET", "IPL_VM", "IPL_CLOCK"]),
    ("doran-2006:line_at=IPL_NET", ["IPL_BIO", "IPL_VM", "IPL_VM", "IPL_CLOCK"]),
    ("doran-2006:line_at=IPL_BIO", ["IPL_VM", "IPL_VM", "IPL_VM", "IPL_CLOCK"]),
])  # fmt: skip
def test_a_spin_mutex_keeps_out_every_handler_that_may_take_the_big_lock(name, levels):
    it = design(name)
    declared = ["IPL_BIO", "IPL_NET", "IPL_VM", "IPL_CLOCK"]
    assert [it.ipl_of(level) for level in declared] == [it.level(level) for level in levels]


# ---- options


def test_options_stand_behind_the_name_or_beside_it():
    one = design("textbook:queues=global,lock=inherit")
    other = design("textbook", {"queues": "global", "lock": "inherit"})
    assert one.chosen == other.chosen
    assert one.global_queue


def test_options_have_defaults():
    assert design("doran-2006").chosen == {
        "line_at": "IPL_AUDIO", "sleeping": "every-call", "clamp": "on", "threads": "1",
    }  # fmt: skip


@pytest.mark.parametrize("level", ["IPL_BIO", "bio"])
def test_the_line_moves_with_its_option(level):
    assert design(f"doran-2006:line-at={level}").direct_from == "IPL_BIO"


@pytest.mark.parametrize("level", ["IPL_SCHED", "sched"])
def test_two_names_of_one_level_are_one_choice(level):
    assert design(f"doran-2006:line_at={level}").chosen["line_at"] == "IPL_CLOCK"


@pytest.mark.parametrize("level", ["IPL_SERIAL", "IPL_HIGH", "IPL_SOFTNET", "IPL_NONE", "serial"])
def test_a_level_where_the_line_cannot_be_is_refused_with_the_reason(level):
    found = refused(f"doran-2006:line_at={level}")
    assert (found.code, found.help.split()[0]) == ("S0302", "choose")
    assert "above the locks by which threads are switched" in found.notes[0]


def test_deferred_levels_come_in_three_families():
    log, threshold, stop = (design(f"netbsd-2006-deferred:family={each}") for each in ("log", "threshold", "stop"))
    assert log == design("netbsd-2006-deferred")
    assert [each.bodies()["splx"].__module__ for each in (log, threshold, stop)] == [
        "splx.kernel.spl_deferred", "splx.kernel.spl_threshold", "splx.kernel.spl_threshold"
    ]  # fmt: skip
    assert [each.bodies()["flow_hold"].__module__ for each in (log, threshold)] == [
        "splx.kernel.flow_mask", "splx.kernel.spl_threshold"
    ]  # fmt: skip
    assert (threshold.consts["SPL_STOP"], stop.consts["SPL_STOP"]) == (0, 1)


@pytest.mark.parametrize("name", ["netbsd-2006", "netbsd-2006-deferred"])
def test_a_line_is_masked_while_its_handlers_run_or_kept_away_by_the_level(name):
    masked, kept = (design(f"{name}:line={each}") for each in ("mask", "level"))
    assert masked == design(name)
    assert [each.bodies()["flow_enter"].__module__ for each in (masked, kept)] == [
        "splx.kernel.flow_mask", "splx.kernel.flow_eoi_last"
    ]  # fmt: skip
    assert "the level keeps the line away" in kept.choices["flow"]
    assert [each.bodies()["splx"] for each in (masked, kept)] == [design(name).bodies()["splx"]] * 2


@pytest.mark.parametrize(("text", "code", "help_"), [
    ("netbsd6", "S0301", "netbsd-5"),
    ("os360", "S0301", "there are netbsd-2006"),
    ("nosuch", "S0301", "there are netbsd-2006"),
    ("rt", "S0301", "linux-rt"),
    ("doran-2006:line=IPL_NET", "S0302", "line_at"),
    ("doran-2006:line_at=IPL_NETT", "S0302", "IPL_NET"),
    ("thomas-2007:lock=fifo", "S0302", "it has none"),
    ("textbook:lock=spin", "S0302", "fifo, inherit, ceiling"),
    ("textbook:lock", "S0302", "lock=CHOICE"),
])  # fmt: skip
def test_a_name_or_option_that_is_not_there(text, code, help_):
    found = refused(text)
    assert found.code == code
    assert help_ in found.help


# ---- a user's own mechanism


def module(**functions):
    """A module that defines copies of functions."""
    made = ModuleType("mine")
    for name, func in functions.items():
        own = FunctionType(func.__code__, func.__globals__, name)
        own.__module__, own.__annotations__ = "mine", func.__annotations__
        setattr(made, name, own)
    return made


def body(level: int) -> int:
    return level


def other(level: int) -> None:
    return


def test_a_users_function_takes_the_place_of_ours():
    mine = module(splraise=body)
    assert design("netbsd-5").replace(mine).bodies()["splraise"] is mine.splraise


def test_a_users_function_is_called_by_our_own_mechanism_too():
    ours = design("netbsd-5").bodies()["splraise"]
    mine = module(splraise=body)
    assert design("netbsd-5").replace(mine).bodies()[ours] is mine.splraise


def test_the_last_replacement_wins():
    def again(level: int) -> int:
        return level + 1

    last = module(splraise=again)
    made = design("netbsd-5").replace(module(splraise=body)).replace(last)
    assert made.bodies()["splraise"] is last.splraise


def test_locks_known_at_link_time_reach_a_users_body():
    mine = module(mutex_spin_enter=design("netbsd-5").bodies()["mutex_spin_enter"])
    replaced = design("netbsd-5").replace(mine)
    assert replaced.bodies()["mutex_enter"].bodies[MUTEX_SPIN] is mine.mutex_spin_enter


@pytest.mark.parametrize("functions", [{"helper": body}, {"splraise": other}])
def test_a_mechanism_that_replaces_nothing_or_has_another_shape(functions):
    with pytest.raises(SplxError, match="S0304"):
        design("netbsd-5").replace(module(**functions))


def test_a_function_that_is_chosen_is_not_replaced_by_the_one_that_it_stands_for():
    threshold, flow = (importlib.import_module(f"splx.kernel.{name}") for name in ("spl_threshold", "flow_mask"))
    bodies = design("netbsd-2006-deferred:family=threshold").bodies()
    assert bodies["flow_hold"] is threshold.flow_hold
    assert bodies[flow.flow_hold] is threshold.flow_hold
    assert threshold.flow_hold not in bodies


def test_a_later_mechanism_is_called_by_an_earlier_one_too():
    intr, spurious = (importlib.import_module(f"splx.kernel.{name}") for name in ("intr", "spurious"))
    assert design("linux:irqdebug=3").bodies()[intr.intr_chain] is spurious.intr_chain
    assert intr.intr_chain not in design("linux").bodies()


# ---- a mechanism without a guard


def texts(bodies):
    """What stands in each slot, whoever has it."""
    kinds = {name: sorted((kind, b.__code__) for kind, b in each.bodies.items())
             for name, each in bodies.items() if isinstance(each, ByLock)}  # fmt: skip
    return {name: each.__code__ for name, each in bodies.items() if isfunction(each) and isinstance(name, str)} | kinds


@every
def test_a_text_without_a_guard_stands_where_its_mechanism_does(each):
    plain = texts(each.bodies())
    for name in each.mechanisms:
        ours = functions(importlib.import_module(f"splx.kernel.{name}"))
        if filled := {slot: func for slot, func in ours.items() if slot in slots()}:
            assert texts(each.without(name, module(**filled)).bodies()) == plain, name


def test_what_another_mechanism_states_of_the_same_slot_holds_without_a_guard_too():
    edit = Edit("irq_chip", "    if i.depth == 0:\n        pic_unmask", "    if i.depth != 0:\n        pic_unmask")
    threaded = design("linux-threadirqs")
    stated = {each.__name__ for each in invariants(threaded)}
    assert stated >= {"irq_always", "irq_thread_always", "irq_masked_always"}
    assert {each.__name__ for each in invariants(mutated(threaded, [edit]))} == stated


def test_a_users_function_takes_the_place_of_who_had_the_slot_and_of_nobody_else():
    pool, untyped = (importlib.import_module(f"splx.kernel.{name}") for name in ("pool", "untyped"))
    assert "kmem_zero" in functions(pool).keys() & functions(untyped).keys()
    mine = design("sel4").replace(module(kmem_zero=untyped.kmem_zero))
    lost = set(invariants(design("sel4"))) - set(invariants(mine))
    assert lost == {untyped.untyped_always}
