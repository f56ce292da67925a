"""Deadlines: what is done too late, or is overdue at the end, is counted, and by how much at most."""

import pytest

from splx.simulate.result import Result
from splx.simulate.setup import Setup

US = 10**6


@pytest.fixture
def run(tmp_path):
    def write(text, time, **how):
        path = tmp_path / "it.py"
        path.write_text("from splx.scenario import *\n\n" + text)
        return Setup(str(path), machine="ideal", design="textbook", time=time * US, **how).run()

    return write


JOB = """
@periodic(us(100), deadline=us({deadline}))
def job() -> None:
    work(us(30))
"""


@pytest.mark.parametrize(("deadline", "missed", "late"), [(30, 0, 0), (29, 10, 1)])
def test_a_job_that_takes_its_deadline_keeps_it_and_one_of_a_microsecond_less_misses(run, deadline, missed, late):
    job = run(JOB.format(deadline=deadline), 999).source("job")
    assert (job.deadline, job.done, job.missed, job.late) == (deadline * US, 10, missed, late * US)


def test_a_job_that_is_under_way_is_missed_once_it_can_no_longer_keep_its_deadline(run):
    assert run(JOB.format(deadline=10), 10).source("job").missed == 0
    job = run(JOB.format(deadline=10), 12).source("job")
    assert (job.done, job.missed, job.late) == (0, 1, 2 * US)


def test_the_items_of_a_device_may_have_one(run):
    audio = run(
        """
audio = Audio("audio0", Periodic(us(100)), deadline=us(5))

@handler(audio, IPL_AUDIO)
def audio_intr() -> None:
    item = audio.pop()
    work(us(6))
""",
        250,
    ).source("audio0")
    assert (audio.deadline, audio.done, audio.missed, audio.late) == (5 * US, 3, 3, US)


def test_without_one_nothing_is_missed_and_nothing_is_said(run):
    result = run(JOB.replace(", deadline=us({deadline})", ""), 999)
    assert (result.source("job").deadline, result.source("job").missed) == (0, 0)
    assert "missed" not in result.to_json()["sources"][0]


def test_it_is_in_the_json_and_comes_back(run):
    result = run(JOB.format(deadline=29), 999)
    said = result.to_json()["sources"][0]
    assert (said["deadline_ps"], said["missed"], said["late_ps"]) == (29 * US, 10, US)
    assert Result.from_json(result.to_json()) == result
