"""A search that is stopped says how far it came; one that is kept goes on to the same answer, whenever it is killed."""

import json
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.check.systems import HERE, system

from splx.base.diagnostics import SplxError
from splx.check import keep
from splx.check.driving import search
from splx.check.keep import Keeper
from splx.check.limits import LEAST, End, Limits, limits_for
from splx.check.loading import Bounds
from splx.check.properties import Answer
from splx.check.story import story_of
from splx.check.verdict import check

ROOT = Path(__file__).parents[2]
QUIET = Bounds(budgets={"tick": 0})
OFTEN = Limits(every=0, piece=3000)


def kept(folder, **more):
    return replace(OFTEN, folder=Path(folder), **more)


def answer(verdict):
    """All of it but how long it took, and the size of tables."""
    found = verdict.finding
    told = found and (found.code, found.why, found.moves, found.cost, story_of(verdict))
    return verdict.counts, verdict.complete, verdict.answers, told


def stop_after(pieces):
    """Says to stop when it has been asked so often."""
    asked = iter(range(pieces))
    return lambda: next(asked, None) is None


@pytest.fixture(scope="module")
def crossed():
    return system("crossed", ORDER=1)


@pytest.fixture(scope="module")
def whole(crossed):
    return answer(check(crossed, QUIET))


@pytest.mark.parametrize("pieces", [1, 9])
def test_a_search_that_was_stopped_goes_on_to_the_same_answer(crossed, whole, tmp_path, pieces):
    first = check(crossed, QUIET, limits=kept(tmp_path), stopped=stop_after(pieces))
    assert (first.complete, first.end) == (False, End.ASKED)
    open_ = {name for name, answer in first.answers.items() if answer is Answer.OPEN}
    assert open_ | {"order"} == set(first.answers)  # orders of locks that were seen do not fit together, whatever comes
    assert answer(check(crossed, QUIET, limits=kept(tmp_path))) == whole


def test_a_search_that_was_at_its_end_goes_on_from_there(crossed, whole, tmp_path):
    for _ in range(2):
        assert answer(check(crossed, QUIET, limits=kept(tmp_path))) == whole


def test_broken_rules_are_found_as_without_a_stop(tmp_path):
    built = system("counter", HOW=0)
    check(built, limits=kept(tmp_path), stopped=stop_after(3))
    assert answer(check(built, limits=kept(tmp_path))) == answer(check(built))


def test_a_kill_between_the_tables_and_the_list_of_them_loses_nothing(crossed, whole, tmp_path, monkeypatch):
    left = iter([False, False, False, True])

    def write(path, text):
        if next(left):
            raise KeyboardInterrupt
        keep_write(path, text)

    keep_write = keep.write_text
    monkeypatch.setattr(keep, "write_text", write)
    with pytest.raises(KeyboardInterrupt):
        check(crossed, QUIET, limits=kept(tmp_path))
    monkeypatch.undo()
    assert answer(check(crossed, QUIET, limits=kept(tmp_path))) == whole


CHILD = """
import json, sys
from pathlib import Path
from splx.check.limits import Limits
from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.simulate.setup import Setup

built = Setup(sys.argv[1], machine="ideal", settings=(("CAREFUL", "0"),)).system()
limits = Limits(folder=Path(sys.argv[2]), every=0, piece=4000)
found = check(built, limits=limits, progress=lambda counts: print(counts.states, flush=True))
told = [found.counts.states, found.counts.edges, found.counts.dead, found.counts.depth, found.finding.why,
        found.finding.cost, list(found.finding.moves), {name: each.value for name, each in found.answers.items()}]
print(json.dumps(told), flush=True)
"""


def test_killed_at_any_moment_it_comes_to_the_same_answer(tmp_path):
    """SIGKILL after a random number of pieces, and a random moment after that: while it searches, or writes."""
    chance, kills = random.Random(3), 0
    while True:
        words = [sys.executable, "-c", CHILD, str(HERE / "lost_wakeup.py"), str(tmp_path / "seen")]
        child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        lines = []
        for _ in range(chance.randrange(1, 18)):
            lines.append(child.stdout.readline())
        if lines[-1].startswith("[") or not lines[-1]:
            break
        time.sleep(chance.random() / 50)
        child.kill()
        rest = child.communicate()[0].splitlines()
        if rest and rest[-1].startswith("["):
            lines = rest
            break
        kills += 1
    child.communicate()
    found = check(system("lost_wakeup", CAREFUL=0))
    assert kills >= 2
    assert json.loads([each for each in lines if each.startswith("[")][-1]) == [
        found.counts.states, found.counts.edges, found.counts.dead, found.counts.depth, found.finding.why,
        found.finding.cost, list(found.finding.moves), {name: each.value for name, each in found.answers.items()},
    ]  # fmt: skip


# ---- what is refused


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"bounds": replace(QUIET, ring=2)}, "waiting items .* 1 there, and 2 here"),
        ({"bounds": replace(QUIET, tso=True)}, "one without \\(`--memory sc`\\), and this is one with store buffers"),
        ({"only": ("rules",)}, "properties rules, .* there, and rules here"),
        ({"system": system("asleep")}, "scenario crossed there, and asleep here"),
        ({"system": system("crossed", "textbook", ORDER=1)}, "design netbsd-5 there, and textbook here"),
        ({"system": system("crossed", ORDER=2)}, "the text of the scenario or of the kernel has changed"),
    ],
    ids=["ring", "memory model", "properties", "scenario", "design", "text"],
)
def test_the_search_of_another_question_is_refused(crossed, tmp_path, other, says):
    given = {"system": crossed, "bounds": QUIET} | other
    check(crossed, QUIET, limits=kept(tmp_path), stopped=stop_after(1))
    with pytest.raises(SplxError, match=rf"S0605.*another search: {says}"):
        check(given.pop("system"), given.pop("bounds"), limits=kept(tmp_path), **given)


def test_limits_are_no_part_of_the_question(crossed, whole, tmp_path):
    check(crossed, replace(QUIET, states=2000), limits=kept(tmp_path))
    assert answer(check(crossed, QUIET, limits=kept(tmp_path, memory=1 << 30)))[0] == whole[0]


@pytest.mark.parametrize("name", ["rows-0.bin", "arena-0.bin"])
def test_a_damaged_file_is_refused(crossed, tmp_path, name):
    check(crossed, QUIET, limits=kept(tmp_path), stopped=stop_after(1))
    found = sorted(tmp_path.glob(name.replace("0", "*")))[-1]
    data = bytearray(found.read_bytes())
    data[len(data) // 2] ^= 1
    found.write_bytes(data)
    with pytest.raises(SplxError, match=r"S0605.*is damaged"):
        check(crossed, QUIET, limits=kept(tmp_path))


def test_a_folder_of_something_else_is_refused(crossed, tmp_path):
    (tmp_path / "search.json").write_text("{}")
    with pytest.raises(SplxError, match=r"S0605.*no search that can be read"):
        check(crossed, QUIET, limits=kept(tmp_path))


def test_a_folder_has_one_search_at_a_time(tmp_path):
    first = Keeper(tmp_path, {})
    with pytest.raises(SplxError, match=r"S0605.*in use"):
        Keeper(tmp_path, {})
    first.close()
    Keeper(tmp_path, {}).close()


# ---- memory


def test_a_search_ends_before_its_tables_take_more_than_they_may(crossed, tmp_path):
    ticks = Bounds(budgets={"tick": 1})
    few = check(crossed, ticks, limits=Limits(LEAST // 2, tmp_path))
    assert (few.complete, few.end) == (False, End.MEMORY)
    assert few.memory <= LEAST // 2
    more = check(crossed, ticks, limits=Limits(LEAST * 3 // 4, tmp_path))
    assert more.counts.states > few.counts.states


def after(monkeypatch, act):
    """Do something once every state has been found."""

    def searched(checker, *given, **more):
        found = search(checker, *given, **more)
        act(checker)
        return found

    monkeypatch.setattr("splx.check.verdict.search", searched)


def test_without_room_for_the_graph_its_properties_are_not_decided(crossed, whole, monkeypatch):
    after(monkeypatch, lambda checker: setattr(checker, "most", checker.held))
    found = check(crossed, QUIET)
    assert found.counts == whole[0]
    assert (found.complete, found.end, found.holds) == (False, End.MEMORY, False)
    assert (found.answers["rules"], found.answers["stuck"]) == (Answer.HOLDS, Answer.OPEN)


def test_without_room_for_the_cheapest_story_another_is_told(monkeypatch):
    built = system("counter", HOW=0)
    best = check(built).finding
    after(monkeypatch, lambda checker: setattr(checker, "most", checker.held))
    found = check(built).finding
    assert (found.code, found.why) == (best.code, best.why)
    assert found.cost >= best.cost


def test_a_folder_that_cannot_be_written_says_what_helps_and_not_to_begin_anew(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SplxError, match=r"S0605.*cannot be written: not a directory") as refused:
        Keeper(tmp_path / "file" / "seen", {})
    assert refused.value.diagnostics[0].help.startswith("make room there, or name a folder that you may write to")


@pytest.mark.parametrize(
    ("text", "size"), [("2GB", 2 * 10**9), ("100 MiB", 100 << 20), ("1.5gib", 3 << 29), ("67108864", LEAST)]
)
def test_sizes_are_read(text, size):
    assert limits_for(text).memory == size


@pytest.mark.parametrize("text", ["much", "1MB", "-1GB", "2 GBs"])
def test_what_is_no_size_or_too_little_is_refused(text):
    with pytest.raises(SplxError, match="S0604"):
        limits_for(text)


# ---- Ctrl-C


def test_stopped_while_the_graph_is_made_only_the_steps_are_decided(crossed, monkeypatch):
    asked = []
    after(monkeypatch, lambda checker: asked.append(True))
    found = check(crossed, QUIET, stopped=lambda: bool(asked))
    assert (found.complete, found.end) == (False, End.ASKED)
    assert (found.answers["rules"], found.answers["livelock"]) == (Answer.HOLDS, Answer.OPEN)
    assert found.answers["stuck"] is Answer.FOUND  # its circle of locks was noted in steps, and closes
