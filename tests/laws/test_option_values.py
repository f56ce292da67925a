"""The laws of whole systems under every value of every option of every design.

A design here has a value of each option at once, so that few of them have all that no design of `DESIGNS` has.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count, zip_longest

import pytest
from tests.laws.scenario_runs import DESIGNS, MACHINES, at_rest, books, execute
from tests.laws.test_scenarios import generated

from splx.scenario.designs import design, designs


def values(name):
    """What is chosen in a design, as (option, value)."""
    return set(design(name).chosen.items())


def left(kernel):
    """The values of each option of a kernel that no design of `DESIGNS` has."""
    seen = {value for each in DESIGNS if each.partition(":")[0] == kernel for value in values(each)}
    options = {
        each.name: [one for one in each.choices if (each.name, one) not in seen] for each in design(kernel).options
    }
    return {name: ones for name, ones in options.items() if ones}


def mixed():
    """For each kernel the first that is left of each option together, then the second of each, and so on."""
    for kernel in designs():
        options = left(kernel)
        for ones in zip_longest(*options.values()):
            chosen = [f"{name}={one}" for name, one in zip(options, ones, strict=True) if one is not None]
            yield f"{kernel}:{','.join(chosen)}"


MIXED = list(mixed())

#: Options of which every value but the first wants a clock that ticks, and goes on for ever.
TICKING = ("share", "storm", "watchdog", "importance", "livelock", "emergency")

CLOCKS = '''
for cpu in range({cpus}):
    hz = Clock(f"hz{{cpu}}", Periodic(us(200)), cpu=cpu)

    @handler(hz, IPL_CLOCK, mpsafe=True)
    def hz_intr() -> None:
        """A tick."""
        hardclock()
'''


def ticks(each):
    """Whether a design wants a clock."""
    return any(option.name in TICKING and each.chosen[option.name] != option.choices[0] for option in each.options)


def scenario_for(each, first):
    """The first generated scenario from a number on that a design can run."""
    found = next(built for built in map(generated, count(first)) if fits(each, built))
    return replace(found, text=found.text + CLOCKS.format(cpus=found.cpus), ends=False) if ticks(each) else found


def fits(each, built):
    """Whether a design can run it; and something arrives by itself, for not every disk is asked for anything."""
    busy = "Poisson(" in built.text or "Periodic(" in built.text
    return busy and built.legal(each) and (built.cpus == 1 or not each.has("mutex_up"))


@pytest.mark.parametrize("number", range(len(MIXED)), ids=MIXED)
def test_nothing_is_lost_and_all_work_ends_under_every_value_of_an_option(number):
    name = MIXED[number]
    built = scenario_for(design(name), number)
    run = execute(built, name, MACHINES[number % len(MACHINES)])
    assert list(books(run)) == []
    assert any(source.done for source in run.result.sources)
    if built.ends:
        assert list(at_rest(run)) == []


def test_that_is_every_value():
    for kernel, plain in designs().items():
        of = [each for each in (*DESIGNS, *MIXED) if each.partition(":")[0] == kernel]
        assert of
        every = {(option.name, one) for option in plain.options for one in option.choices}
        assert every <= {value for each in of for value in values(each)}
