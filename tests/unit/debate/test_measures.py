"""What is taken off a run, on one that is made up."""

import pytest

from splx.debate.measures import KERNEL, kept_out, late, per_count, per_item, per_item_alone, to_end, to_start
from splx.simulate.latency import Latency
from splx.simulate.result import CpuResult, Result, SourceResult

US = 10**6
ACCOUNTS = {"thread": 70 * US, "handler": 10 * US, "line": 4 * US, "intr": 6 * US, "spin": 2 * US, "idle": 8 * US}
START = Latency(4, 20 * US, 2 * US, 11 * US, ())

RUN = Result(
    "mine", "netbsd-5", "ideal", 1, 0, 100 * US, 100 * US, complete=True,
    cpus=(CpuResult(ACCOUNTS, 1), CpuResult({"idle": 98 * US, "line": 2 * US}, 1)),
    sources=(
        SourceResult(
            "wm0", "device", START, None, arrived=5, accepted=5, done=4, irqs=4, held=1, deadline=US, missed=2
        ),
        SourceResult("quiet", "device", deadline=US),
    ),
    statistics={"sections": 3, "others": 4, "none": 0},
)  # fmt: skip


@pytest.mark.parametrize(("measure", "value", "unit"), [
    (per_item("", "wm0", "line"), 1500, "ns"),  # 4 us on one CPU and 2 us on the other, for 4 items
    (per_item("", "wm0", *KERNEL), 3500, "ns"),  # and 6 us of entry, 2 us of spinning
    (per_item("", "quiet", "line"), 6000, "ns"),  # nothing was done: the whole of it
    # 10 us on one CPU for three sections; of them 3/4 of the 2 us that four took on the other; for 4 items
    (per_item_alone("", "wm0", "sections", "others", "line", "intr"), 2125, "ns"),
    (per_item_alone("", "wm0", "sections", "others", "line", "intr", work=125), 2000, "ns"),
    (per_count("", "sections", "handler", "spin"), 4000, "ns"),
    (per_count("", "none", "spin"), 2000, "ns"),
    (to_start("", "wm0", "mean"), 5, "us"),
    (to_start("", "wm0", "1"), 11, "us"),
    (kept_out("", "wm0"), 25, "%"),
    (kept_out("", "quiet"), 0, "%"),
    (late("", "wm0"), 40, "%"),  # of those that arrived, not of those that were done
    (late("", "quiet"), 0, "%"),
])  # fmt: skip
def test_a_measure(measure, value, unit):
    assert (measure.of(RUN), measure.unit) == (value, unit)


def test_a_latency_that_nobody_had_is_no_number():
    with pytest.raises(ValueError, match="nothing to measure"):
        to_end("", "wm0").of(RUN)
