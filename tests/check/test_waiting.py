"""Where waiting is forbidden, each kernel says so at the first call, whether or not it would have come to a wait.

What mutex(9), condvar(9), pool(9) and softint(9) forbid, and what follows from it for kernels that carry interrupts
otherwise.
"""

import pytest
from tests.check.systems import verdict

from splx.scenario.designs import design as design_of
from splx.scenario.refusals import OWN

CV_WAIT, SLEEPS, IF_FREE, ALLOCATES, YIELDS = WAYS = (1, 2, 4, 8, 16)
THREAD, UNPREEMPTED, SPIN_HELD, SOFTINT, HANDLER_LOW, HANDLER, RAISED = range(7)
NO_SLEEP = "in an interrupt that may not sleep"

UNDER_SPIN = {
    CV_WAIT: "blocked while holding a spin mutex, in mi_switch",
    SLEEPS: "adaptive mutex while a spin mutex is held, in mutex_sleep_enter",
    ALLOCATES: "assert_sleepable: spin mutex held, in assert_sleepable",
    YIELDS: "blocked while holding a spin mutex, in mi_switch",
}
UNDER_SIMPLE = {
    CV_WAIT: "blocked while holding a simple lock, in mi_switch",
    SLEEPS: "sleeping lock while a simple lock is held, in mutex_sleep_enter",
    ALLOCATES: "assert_sleepable: simple lock held, in assert_sleepable",
    YIELDS: "blocked while holding a simple lock, in mi_switch",
}
KEPT_ON = {
    CV_WAIT: "cv_wait with preemption disabled, in cv_wait",
    SLEEPS: "adaptive mutex with preemption disabled, in mutex_sleep_enter",
    ALLOCATES: "assert_sleepable: preemption disabled, in assert_sleepable",
    YIELDS: "yield with preemption disabled, in yield_",
}
# Whoever is lent priority may be waited for; the others may never come.
IN_THREADED = {
    CV_WAIT: "cv_wait in a softint or interrupt thread, in cv_wait",
    ALLOCATES: "assert_sleepable: in a softint or interrupt thread, in assert_sleepable",
    YIELDS: "yield in a softint or interrupt thread, in yield_",
}
IN_HARD = {
    CV_WAIT: f"cv_wait {NO_SLEEP}, in cv_wait",
    SLEEPS: f"adaptive mutex {NO_SLEEP}, in mutex_sleep_enter",
    IF_FREE: f"adaptive mutex {NO_SLEEP}, in mutex_sleep_tryenter",
    ALLOCATES: f"assert_sleepable: {NO_SLEEP}, in assert_sleepable",
    YIELDS: f"switch {NO_SLEEP}, in mi_switch",
}
IN_2006 = {
    **IN_HARD,
    SLEEPS: "sleeping lock in an interrupt, in mutex_sleep_enter",
    IF_FREE: "sleeping lock in an interrupt, in mutex_sleep_tryenter",
}
IN_TEXTBOOK = {
    **IN_HARD,
    CV_WAIT: "cv_wait in a hard interrupt, in cv_wait",
    SLEEPS: "sleeping lock in a hard interrupt, in mutex_sleep_enter",
    IF_FREE: "sleeping lock in a hard interrupt, in mutex_sleep_tryenter",
    YIELDS: "switch in a hard interrupt, in mi_switch",
}
FREE = {THREAD: {}, UNPREEMPTED: {}, RAISED: {}}
OLD = {**FREE, SPIN_HELD: UNDER_SIMPLE, SOFTINT: IN_2006, HANDLER: IN_2006}

FORBIDDEN = {
    "netbsd-2006": OLD,
    "netbsd-2006-deferred": OLD,
    "doran-2006": {
        **FREE, SPIN_HELD: UNDER_SPIN, SOFTINT: IN_THREADED, HANDLER_LOW: IN_THREADED, HANDLER: IN_HARD,
    },
    "netbsd-5": {**FREE, SPIN_HELD: UNDER_SPIN, SOFTINT: IN_THREADED, HANDLER: IN_HARD},
    "textbook": {
        **FREE,
        SPIN_HELD: {**UNDER_SPIN, SLEEPS: "sleeping lock while a spin mutex is held, in mutex_sleep_enter"},
        SOFTINT: {**IN_THREADED, CV_WAIT: "cv_wait in a softint, in cv_wait"},
        HANDLER: IN_TEXTBOOK,
    },
}  # fmt: skip
AT_LEVEL = {
    CV_WAIT: "cv_wait at a level that keeps interrupts out, in cv_wait",
    SLEEPS: "adaptive mutex at a level that keeps interrupts out, in mutex_sleep_enter",
    ALLOCATES: "assert_sleepable: at a level that keeps interrupts out, in assert_sleepable",
    YIELDS: "yield at a level that keeps interrupts out, in yield_",
}
KEPT = {UNPREEMPTED: KEPT_ON}
AS_LINUX = {**KEPT, RAISED: AT_LEVEL}
ON_RT = "a lock that sleeps with preemption disabled, in rt_mutex_may"
FORBIDDEN |= {
    **dict.fromkeys(("freebsd", "xnu"), KEPT),
    **dict.fromkeys(("linux", "linux-napi-threaded", "linux-threadirqs"), AS_LINUX),
    "linux-rt": {UNPREEMPTED: {**KEPT_ON, SLEEPS: ON_RT, IF_FREE: ON_RT}},
    "windows": {
        UNPREEMPTED: {**KEPT_ON, SLEEPS: "wait for a mutex with preemption disabled, in irql_check"},
        RAISED: {**AT_LEVEL, SLEEPS: "wait for a mutex at DISPATCH_LEVEL or above, in irql_check"},
    },
    "solaris": {UNPREEMPTED: {}},
    "linux:preempt=none": {UNPREEMPTED: {}, RAISED: AT_LEVEL},  # how often preemption is disabled is not counted there
}
PLACES = [(design, place) for design, places in FORBIDDEN.items() for place in places]


def led(why, words):
    """With what the kernel of that name says before it, if it says anything."""
    says, _, where = why.rpartition(", in ")
    theirs = words.get(says, OWN).text
    return f"{theirs} ({says}), in {where}" if theirs else why


@pytest.mark.parametrize(("design", "place"), PLACES)
def test_what_may_wait_where(design, place):
    forbidden = FORBIDDEN[design][place]
    found = {way: verdict("waiting", design, PLACE=place, WAYS=way).finding for way in forbidden}
    assert {way: (each.code, each.why) for way, each in found.items() if each is not None} == {
        way: ("R0001", led(why, design_of(design).words)) for way, why in forbidden.items()
    }
    assert verdict("waiting", design, PLACE=place, WAYS=sum(set(WAYS) - set(forbidden))).holds


@pytest.mark.parametrize(
    ("design", "place"),
    [("linux", SOFTINT), ("linux", HANDLER), ("linux-threadirqs", SOFTINT), ("linux-threadirqs", HANDLER_LOW)],
)
@pytest.mark.parametrize("way", [CV_WAIT, SLEEPS])
def test_what_is_said_is_true_of_softirqs_and_of_handlers_that_are_forced_into_threads_too(design, place, way):
    found = verdict("waiting", design, PLACE=place, WAYS=way).finding
    assert (found.code, found.why) == ("R0001", led(IN_HARD[way], design_of(design).words))
