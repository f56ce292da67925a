"""One queue for all CPUs never leaves a CPU idle while a thread waits, nor takes one from a thread for nothing."""

from splx.base.units import us
from splx.scenario import Scenario, periodic, work
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.simulate import simulate

#: cost, period and first release of three threads, the most urgent first: when the third runs, both CPUs have been
#: booked for others before.
JOBS = ((18_946_827, us(303), 200_896_620), (72_917_472, us(455), 281_981_882), (203_559_313, us(216), 187_104_030))


def job(cost: int) -> None:
    work(cost)


def test_a_cpu_that_was_booked_for_a_thread_which_another_took_is_free_again():
    with Scenario("three") as made:
        for number, (cost, period, offset) in enumerate(JOBS):
            periodic(period, offset, priority=190 - number, name=f"t{number}", arg=cost)(job)
    built = build(made, design("textbook").configured({"queues": "global"}), cpus=2)
    result = simulate(built, "ideal", time=us(5000))
    worst = {source.name: source.finish.most for source in result.sources if source.finish}
    assert [worst[f"t{number}"] for number in range(3)] == [18_946_827, 72_917_472, 210_562_047]
