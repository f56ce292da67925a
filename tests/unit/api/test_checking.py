"""`splx.check` from Python, findings as files, and the fixtures for a test suite of one's own."""

import inspect
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import splx
import splx.api
from splx.base.diagnostics import SplxError
from splx.base.dirs import cache_dir
from splx.check.properties import named
from splx.check.room import Interrupted, OutOfRoom
from splx.cli import checking
from splx.cli import replay as replaying
from splx.cli.main import run
from splx.scenario import Scenario, thread, work
from splx.scenario.designs import designs
from splx.simulate.setup import Setup

pytest_plugins = ["pytester"]
CACHE = cache_dir()

#: A sleep that nobody ends, on one CPU; WOKEN=1 never sleeps.
ASLEEP = """from splx.scenario import *

WOKEN = Param("WOKEN", 0)
lock = Mutex("lock")
rung = Condvar("rung")


@thread(cpu=0)
def sleeper() -> None:
    mutex_enter(lock)
    if WOKEN == 0:
        cv_wait(rung, lock)
    mutex_exit(lock)
"""

#: A call that not every kernel has.
OLD = """from splx.scenario import *

@thread(cpu=0)
def old() -> None:
    kernel_lock()
    kernel_unlock()
"""


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "asleep.py").write_text(ASLEEP)
    return tmp_path


def test_it_is_called_by_its_name(files):
    verdict = splx.check("asleep.py")
    assert not verdict.holds
    assert verdict.finding.why.startswith("sleeper sleeps on rung")
    assert splx.check("asleep.py", settings={"WOKEN": 1}).holds


def test_the_bounds_are_those_of_the_command(files):
    verdict = splx.check("asleep.py", memory="tso", properties=["asleep"], design="doran-2006")
    assert verdict.assumptions[0] == "x86-TSO, 8 stores to a buffer"
    assert list(verdict.answers) == ["asleep"]
    assert not splx.check("asleep.py", states=3).complete


@pytest.mark.parametrize("bad", [{"memory": "weak"}, {"ring": 0}, {"states": 0}, {"budgets": {"nic0": 1}}])
def test_bounds_that_cannot_be_are_refused(files, bad):
    with pytest.raises(SplxError, match="S0604"):
        splx.check("asleep.py", **bad)


class Odd:
    """Of no type that any argument has."""


@pytest.mark.parametrize("name", list(inspect.signature(splx.api.check).parameters))
@pytest.mark.parametrize("odd", [Odd(), 3.5, b"x", [Odd()], {3: Odd()}, "\0"])
def test_an_argument_of_another_kind_is_named(files, name, odd):
    with pytest.raises(SplxError, match=f"S0607.*`{name}="):
        splx.check(**{"scenario": "asleep.py", name: odd})


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        ("design", 3), ("cpus", True), ("cpus", 65), ("cpus", -1), ("jobs", 0), ("ring", "1"), ("states", True),
        ("properties", "asleep"), ("mutants", "m7"), ("fair", "nic0"), ("mechanisms", "own.py"), ("single", 1),
        ("engine", "fast"), ("budgets", {"nic0": "3"}), ("settings", [("WOKEN", 1)]), ("stopped", True),
    ],
)  # fmt: skip
def test_so_is_one_that_is_nearly_right(files, name, odd):
    with pytest.raises(SplxError, match="S0607"):
        splx.check("asleep.py", **{name: odd})


def test_so_are_those_of_the_other_functions(files):
    verdict = splx.check("asleep.py")
    calls = [
        lambda: splx.api.replay(3),
        lambda: splx.api.replay("found.json", stopped=True),
        lambda: splx.api.check_setup("asleep.py", verdict.bounds),
        lambda: splx.api.check_setup(verdict.setup, {}),
        lambda: splx.api.check_setup(verdict.setup, verdict.bounds, "asleep"),
        lambda: splx.api.check_setup(verdict.setup, verdict.bounds, limits=3),
        lambda: verdict.save(None),
    ]
    for call in calls:
        with pytest.raises(SplxError, match="S0607"):
            call()


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"settings": {"WOKEN": 1}}, r"parameters \(`--set`\) none there, and WOKEN=1 here"),
        ({"machine": "sparc-1993"}, "machine ideal there, and sparc-1993 here"),
        ({"mutants": ["m7"]}, "mutants none there, and m7 here"),
        ({"mutants": ["m7"], "settings": {"WOKEN": 1}}, "WOKEN=1 here; mutants none there, and m7 here"),
        ({"mechanisms": ["own.py"]}, r"mechanisms none there, and own\.py here"),
        ({"design": "netbsd-5:lend=step"}, "lend=step here"),
    ],
)
def test_a_folder_of_a_search_with_other_options_is_refused_with_those_that_differ(files, other, says):
    (files / "own.py").write_text((Path(splx.__file__).parent / "kernel" / "mutex_spin.py").read_text() + "\n")
    splx.check("asleep.py", states=3, resume="seen")
    with pytest.raises(SplxError, match=f"`seen` has another search: .*{says}"):
        splx.check("asleep.py", resume="seen", **other)


def test_if_none_differs_the_text_has_changed(files):
    splx.check("asleep.py", states=3, resume="seen")
    (files / "asleep.py").write_text(ASLEEP.replace('"WOKEN", 0', '"WOKEN", 1'))
    with pytest.raises(SplxError, match="the text of the scenario or of the kernel has changed since"):
        splx.check("asleep.py", resume="seen")


def test_options_that_make_the_same_program_go_on(files):
    splx.check("asleep.py", states=3, resume="seen")
    assert splx.check("asleep.py", resume="seen", settings={"WOKEN": 0}, machine="x86-2020").finding


def only() -> None:
    work(0)


def test_a_scenario_may_be_in_no_file():
    with Scenario("inline") as made:
        thread("only")(only)
    verdict = splx.check(made)
    assert verdict.holds
    with pytest.raises(ValueError, match="nothing was found"):
        verdict.save("found.json")
    with pytest.raises(SplxError, match="with its settings already"):
        splx.check(made, settings={"N": 1})
    changed = splx.check(made, design="netbsd-5:lend=step", mutants=["m7"], states=1)
    assert repr(changed) == "<inline under netbsd-5:lend=step, mutant m7: not all was seen>"


def test_a_verdict_as_text_is_what_the_command_prints(files, capfd):
    text = str(splx.check("asleep.py"))
    assert run(["check", "asleep.py"]) == 1
    assert capfd.readouterr().out == text + "        with `--save finding.json` to replay it\n"
    assert text.endswith("\nagain:  splx check asleep.py --design netbsd-5\n")
    assert repr(splx.check("asleep.py", settings={"WOKEN": 1})) == "<asleep with WOKEN=1 under netbsd-5: holds>"


def test_a_finding_is_a_file_that_moves_with_its_scenario(files, capfd):
    (files / "cases").mkdir()
    splx.check("asleep.py").save("cases/found.json")
    assert json.loads(Path("cases/found.json").read_text())["setup"]["scenario"] == "../asleep.py"
    assert json.loads(Path("cases/found.json").read_text())["finding"]["where"]["file"] == "../asleep.py"
    assert str(files) not in Path("cases/found.json").read_text()
    assert run(["replay", "cases/found.json"]) == 0
    assert "sleeper sleeps on rung" in capfd.readouterr().out


@pytest.mark.parametrize("made", [lambda: splx.check("asleep.py"), lambda: splx.check("asleep.py", states=3)])
def test_a_verdict_is_true_only_if_it_holds(files, made):
    assert not made()
    assert splx.check("asleep.py", settings={"WOKEN": 1})


def test_a_file_that_is_not_beside_its_finding_is_not_looked_for_elsewhere(files, capfd, monkeypatch):
    splx.check("asleep.py").save("found.json")
    (files / "moved").mkdir()
    (files / "found.json").rename("moved/found.json")
    (files / "asleep.py").write_text(ASLEEP.replace('"WOKEN", 0', '"WOKEN", 1'))
    for words in (["--expect", "gone"], ["--expect", "found"], []):
        assert run(["replay", "moved/found.json", *words]) == 2
        assert "there is no scenario file `moved/asleep.py`" in capfd.readouterr().err


def test_nor_is_a_file_called_as_what_comes_with_splx_taken_for_it(files):
    splx.check("cases/d4", design="textbook:lock=inherit", settings={"SLEEPS": "0"}).save("found.json")
    (files / "cases").mkdir()
    (files / "cases" / "d4").write_text(ASLEEP)
    (files / "moved").mkdir()
    (files / "found.json").rename("moved/found.json")
    assert splx.api.replay("moved/found.json").finding.code == "R0002"


def test_a_machine_of_ones_own_is_seen_from_the_folder_of_the_finding_with_figures_that_are_changed(files, monkeypatch):
    own = files / "own.toml"
    own.write_text((Path(splx.__file__).parent / "machine" / "machines" / "ideal.toml").read_text())
    (files / "kept").mkdir()
    splx.check("asleep.py", machine="own.toml:mask=300ns").save("kept/found.json")
    assert json.loads(Path("kept/found.json").read_text())["setup"]["machine"] == "../own.toml:mask=300ns"
    monkeypatch.chdir(files / "kept")
    assert splx.api.replay("found.json").finding
    own.unlink()
    with pytest.raises(SplxError, match=r"`\.\./own\.toml` cannot be read"):
        splx.api.replay("found.json")


def test_what_finds_nothing_says_that_it_saves_nothing_and_leaves_what_is_there(files, capfd, monkeypatch):
    few = [Setup("asleep.py", name, machine="ideal") for name in ("netbsd-5", "textbook")]
    monkeypatch.setattr(checking, "_setups", lambda setup: [each.with_(settings=setup.settings) for each in few])
    for more in ([], ["--all-designs", "-j", "1"], ["--format", "junit"]):
        assert run(["check", "asleep.py", "--set", "WOKEN=1", *more, "--save", "found.json"]) == 0
        told = capfd.readouterr()
        assert told.err.endswith("nothing was found, so nothing was saved, and there is no `found.json`\n")
    (files / "found.json").write_text("of before")
    assert run(["check", "asleep.py", "--set", "WOKEN=1", "--save", "found.json"]) == 0
    assert "nothing was found, so nothing was saved: `found.json` is left as it was\n" in capfd.readouterr().err
    assert (files / "found.json").read_text() == "of before"
    assert run(["check", "asleep.py", "--save", "found.json"]) == 1
    assert "nothing was" not in capfd.readouterr().err


def test_a_finding_is_found_still_until_it_is_gone(files, capfd):
    splx.check("asleep.py").save("found.json")
    assert run(["replay", "found.json", "--expect", "found"]) == 0
    assert run(["replay", "found.json", "--expect", "gone"]) == 1
    (files / "asleep.py").write_text(ASLEEP.replace('"WOKEN", 0', '"WOKEN", 1'))
    assert run(["replay", "found.json", "--expect", "gone"]) == 0
    assert run(["replay", "found.json", "--expect", "found"]) == 1
    assert "gone" in capfd.readouterr().out


def test_what_only_hides_behind_an_assertion_is_not_gone(files, capfd):
    splx.check("asleep.py").save("found.json")
    hides = ASLEEP.replace("    mutex_enter", "    assert said.word == 1\n    mutex_enter")
    (files / "asleep.py").write_text(f"{hides}\n\nclass Said(Struct):\n    word: i64 = atomic()\n\n\nsaid = Said()\n")
    assert run(["replay", "found.json", "--expect", "gone"]) == 3
    assert "nobody knows whether it is gone: not all was seen" in capfd.readouterr().out
    assert run(["check", "asleep.py", "--property", "asleep", "--json"]) == 3
    told = json.loads(capfd.readouterr().out)
    assert (told["complete"], told["end"], told["verdict"]) == (False, "cut", "gave up")


def test_moves_of_a_program_that_has_changed_are_not_performed(files, capfd):
    splx.check("asleep.py").save("found.json")
    (files / "asleep.py").write_text("# a comment changes nothing\n" + ASLEEP)
    assert run(["replay", "found.json"]) == 0
    (files / "asleep.py").write_text(ASLEEP.replace('"WOKEN", 0', '"WOKEN", 1'))
    assert run(["replay", "found.json"]) == 2
    assert "S0606" in capfd.readouterr().err


@pytest.mark.parametrize("key", ["moves", "why"])
def test_what_other_moves_come_to_or_another_sentence_says_nobody_has_judged(files, capfd, key):
    splx.check("asleep.py").save("found.json")
    data = json.loads(Path("found.json").read_text())
    data["finding"][key] = data["finding"][key][:-1]
    Path("found.json").write_text(json.dumps(data))
    assert run(["replay", "found.json"]) == 3
    said = capfd.readouterr().out
    assert said.endswith("what they come to nobody has judged\n")
    assert "nobody can wake it" not in said


@pytest.mark.parametrize(("part", "name", "value"), [
    ("bounds", "tso", True), ("bounds", "states", 5), ("finding", "cost", 7),
])  # fmt: skip
def test_other_bounds_or_another_cost_than_were_saved_are_noticed(files, capfd, part, name, value):
    splx.check("asleep.py").save("found.json")
    assert run(["replay", "found.json", "--expect", "found"]) == 0
    assert replaying.EDITED not in capfd.readouterr().out
    data = json.loads(Path("found.json").read_text())
    data[part][name] = value
    Path("found.json").write_text(json.dumps(data))
    assert run(["replay", "found.json"]) == 3
    assert capfd.readouterr().out.endswith(f"{replaying.UNSEALED}\n")
    assert run(["replay", "found.json", "--expect", "found"]) == (3 if name == "states" else 0)
    assert capfd.readouterr().out.startswith(f"{replaying.EDITED}\n")


def test_a_budget_of_no_device_is_refused_by_a_replay(files, capfd):
    splx.check("asleep.py").save("found.json")
    data = json.loads(Path("found.json").read_text())
    data["bounds"]["budgets"] = {"nosuch": 1}
    Path("found.json").write_text(json.dumps(data))
    assert run(["replay", "found.json"]) == 2
    assert "a budget for nosuch, which is no device of the scenario" in capfd.readouterr().err


@pytest.mark.parametrize("moves", ["all of them", ["first", "second"], None])
def test_a_file_whose_moves_are_no_numbers_is_no_finding(files, capfd, moves):
    splx.check("asleep.py").save("found.json")
    data = json.loads(Path("found.json").read_text())
    data["finding"]["moves"] = moves
    Path("found.json").write_text(json.dumps(data))
    assert run(["replay", "found.json"]) == 2
    assert "S0601" in capfd.readouterr().err


BUSY = """
from splx.scenario import *


@thread(cpu=0)
def user() -> None:
    assert False
"""


@pytest.mark.parametrize(
    ("part", "name", "value", "says"),
    [
        ("finding", "moves", [4 << 16], "its move 1 cannot be made: there is no cpu4"),
        ("finding", "moves", [2 << 24], "its move 1 cannot be made: there is no device 0"),
        ("finding", "moves", [3 << 24], "its move 1 cannot be made: no store of cpu0 waits"),
        ("finding", "moves", [1 << 24], "its move 1 cannot be made: cpu0 has no such interrupt to take"),
        ("finding", "moves", [0] * 200, "cannot be made: everything has ended before it"),
        ("finding", "moves", [5 << 24], "its move 1 cannot be made: 83886080 is no move"),
        ("finding", "moves", [1 << 30], "`moves` in its finding is not a row of moves"),
        ("finding", "moves", [-1], "`moves` in its finding is not a row of moves"),
        ("finding", "code", "R9999", "`R9999` is the code of no property"),
        ("finding", "why", None, "`why` in its finding is not a text"),
        ("bounds", "ring", -1, "-1 waiting items at a device"),
        ("bounds", "buffer", 10**9, "1000000000 stores in a buffer"),
        ("bounds", "tso", "yes", "`tso` in its bounds is not true or false"),
        ("bounds", "speed", 1, "its bounds have `speed`, which is none"),
        ("bounds", "budgets", {"card": "many"}, "`budgets` in its bounds is not numbers by name"),
        ("setup", "cpus", 10**6, "1000000 CPUs"),
        ("setup", "cpus", 10**30, "`cpus` in its setup is not a number"),
        ("setup", "settings", [["a"]], "`settings` in its setup is not a row of pairs of texts"),
    ],
)
def test_a_finding_that_was_edited_is_refused_with_what_is_wrong(files, capfd, part, name, value, says):
    (files / "busy.py").write_text(BUSY)
    splx.check("busy.py", design="textbook").save("found.json")
    data = json.loads(Path("found.json").read_text())
    data[part][name] = value
    Path("found.json").write_text(json.dumps(data))
    assert run(["replay", "found.json"]) == 2
    assert says in capfd.readouterr().err.replace("\n", " ")


@pytest.mark.parametrize("part", ["setup", "bounds", "finding"])
def test_a_finding_without_one_of_its_parts_is_refused(files, capfd, part):
    (files / "busy.py").write_text(BUSY)
    splx.check("busy.py", design="textbook").save("found.json")
    data = json.loads(Path("found.json").read_text())
    data[part] = [1] if part == "finding" else None
    Path("found.json").write_text(json.dumps(data))
    assert run(["replay", "found.json"]) == 2
    assert f"its {part} is no table" in capfd.readouterr().err


def test_keys_that_mean_nothing_are_answered_with_those_that_do(files, capfd, monkeypatch):
    (files / "busy.py").write_text(BUSY)
    splx.check("busy.py", design="textbook").save("found.json")
    keys = iter(["x", "0", "3", "b", "q"])
    monkeypatch.setattr("click.prompt", lambda text, **_: (print(text), next(keys))[1])
    assert run(["replay", "found.json", "--step"]) == 0
    out = capfd.readouterr().out
    assert out.count("is no key here: Enter goes on, b goes back, a number from 1 to") == 2
    assert [line[:2] for line in out.splitlines() if line.startswith("[")] == ["[1", "[1", "[1", "[3", "[2"]


def test_the_end_of_what_is_typed_ends_a_replay_as_q_does(files, capfd, monkeypatch):
    (files / "busy.py").write_text(BUSY)
    splx.check("busy.py", design="textbook").save("found.json")
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert run(["replay", "found.json", "--step"]) == 0
    told = capfd.readouterr()
    assert "[2 of " in told.out
    assert (told.out.splitlines()[-1], told.err) == (json.loads(Path("found.json").read_text())["finding"]["why"], "")


def test_the_line_that_replays_a_finding_can_be_pasted(files, capfd):
    (files / "busy.py").write_text(BUSY)
    assert run(["check", "busy.py", "--design", "textbook", "--save", "my finding.json"]) == 1
    assert capfd.readouterr().out.endswith("\nreplay: splx replay 'my finding.json'\n")


def test_formats_of_the_command(files, capfd):
    assert run(["check", "asleep.py", "--format", "github"]) == 1
    assert "::error file=asleep.py,line=12," in capfd.readouterr().out
    assert run(["check", "asleep.py", "--format", "sarif"]) == 1
    (result,) = json.loads(capfd.readouterr().out)["runs"][0]["results"]
    assert (result["ruleId"], "note: also found: standstill" in result["message"]["text"]) == ("R0004", True)
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 12
    assert run(["check", "asleep.py", "--format", "junit"]) == 1
    told = capfd.readouterr().out
    assert 'failures="1" errors="0" skipped="1"' in told
    assert "it does not hold either (asleep.py:12): found besides asleep, whose story is told" in told
    assert run(["check", "asleep.py", "--format", "sarif", "--set", "WOKEN=1"]) == 0
    assert json.loads(capfd.readouterr().out)["runs"][0]["results"] == []
    assert run(["check", "asleep.py", "--format", "junit", "--states", "3"]) == 3
    assert f'errors="{len(named())}"' in capfd.readouterr().out
    assert run(["check", "asleep.py", "--format", "junit", "--json"]) == 2


def test_a_kernel_checked_by_its_clients_is_a_suite_for_each(capfd):
    words = ["--kernel", "textbook", "--client", "spin", "--small", "--memory", "sc", "--property", "rules"]
    assert run(["check", *words, "--format", "junit"]) == 0
    assert '<testsuite name="spin.textbook.sc" tests="1" failures="0"' in capfd.readouterr().out


def test_what_states_consist_of_is_said_of_one_search(files, capfd):
    assert run(["check", "asleep.py", "--explain-state"]) == 1
    assert "bytes per state:" in capfd.readouterr().out
    assert run(["check", "asleep.py", "--explain-state", "--json"]) == 1
    state = json.loads(capfd.readouterr().out)["state"]
    assert sum(part["bits"] for part in state["parts"]) == state["bits"]
    assert run(["check", "asleep.py", "--explain-state", "--all-designs"]) == 2


def test_all_designs_are_all_there_are_the_one_that_is_named_with_its_options():
    setups = checking._setups(Setup("asleep.py", design="textbook:lock=inherit", mutants=("m7",)))
    assert [each.design.partition(":")[0] for each in setups] == list(designs())
    assert [each.design for each in setups if ":" in each.design] == ["textbook:lock=inherit"]
    assert {each.mutants for each in setups} == {("m7",)}


def test_searches_in_processes_of_their_own_have_the_same_answers(files, capfd, monkeypatch):
    few = ["netbsd-5", "linux", "textbook"]
    monkeypatch.setattr(checking, "_setups", lambda setup: [setup.with_(design=each) for each in few])
    answers = []
    for jobs in (1, 2):
        assert run(f"check asleep.py --all-designs -j {jobs} --json".split()) == 1
        found = json.loads(capfd.readouterr().out)
        assert [each["setup"]["design"] for each in found] == few
        answers.append([{k: v for k, v in each.items() if k not in ("seconds", "memory")} for each in found])
    assert answers[0] == answers[1]


def test_a_kernel_that_cannot_honour_a_call_is_told_beside_the_answers_of_the_others(files, capfd, monkeypatch):
    (files / "old.py").write_text(OLD)
    few = ["netbsd-5", "linux"]
    monkeypatch.setattr(checking, "_setups", lambda setup: [setup.with_(design=each) for each in few])
    check = "check old.py --all-designs -j 1 --format"
    assert run(f"{check} text".split()) == 2
    refused = "linux: refused: `linux` cannot honour `kernel_lock` (old.py:5)\n"
    assert capfd.readouterr().out.endswith(f"{refused}again: splx check old.py --all-designs\n")
    assert run(f"{check} json".split()) == 2
    found = json.loads(capfd.readouterr().out)
    assert [each.get("verdict") for each in found] == ["holds", None]
    assert found[1]["refused"][0]["code"] == "S0303"
    assert run(f"{check} junit".split()) == 2
    assert '<skipped message="`linux` cannot honour `kernel_lock` (old.py:5)"' in capfd.readouterr().out
    monkeypatch.setattr(checking, "_setups", lambda setup: [setup.with_(design="linux")])
    assert run(["check", "old.py", "--design", "linux", "--all-designs"]) == 2
    assert "error[S0303]" in capfd.readouterr().err


def test_a_mistake_in_a_process_of_its_own_is_told_as_any(files, capfd):
    assert run(["check", "asleep.py", "--all-designs", "-j", "2", "--set", "WIDTH=3"]) == 2
    assert "WIDTH" in capfd.readouterr().err


def test_the_larger_steps_are_compared_with_single_ones(files, capfd):
    assert run(["check", "asleep.py", "--verify-reduction"]) == 1
    assert "both find standstill, asleep, and have the same states at rest" in capfd.readouterr().out
    assert run(["check", "asleep.py", "--verify-reduction", "--set", "WOKEN=1"]) == 0
    told = capfd.readouterr().out
    assert "both find nothing, and have the same states at rest" in told
    assert re.search(r"a run on ideal is one of the search: \d+ steps, .* were the same \d+ times", told)
    assert run(["check", "asleep.py", "--verify-reduction", "--states", "3"]) == 3
    assert run(["check", "asleep.py", "--verify-reduction", "--cost", "1"]) == 2


def test_a_difference_between_large_and_small_steps_is_a_mistake_of_ours(files, capfd, monkeypatch):
    monkeypatch.setattr("splx.check.verify.dead_states", lambda checker: frozenset({checker.counts.states}))
    assert run(["check", "asleep.py", "--verify-reduction", "--no-fuse"]) == 3
    told = capfd.readouterr()
    assert "they differ: 1 standstills only step by step; 1 standstills only as asked" in told.out
    assert "X0001" in told.err


@pytest.mark.parametrize("why", [Interrupted, OutOfRoom])
def test_an_end_while_standstills_are_looked_for_leaves_what_was_not_compared_undecided(files, capfd, monkeypatch, why):
    def ended(checker):
        raise why

    monkeypatch.setattr("splx.check.verify.dead_states", ended)
    assert run(["check", "asleep.py", "--verify-reduction"]) == 3
    told = capfd.readouterr()
    assert "nothing is known: their standstills were not looked for to the end" in told.out
    assert "X0001" not in told.err


TESTS = """
def test_never_sleeps_for_ever(splx_check):
    assert splx_check("asleep.py").holds

def test_wakes(splx_check):
    assert splx_check("asleep.py", settings={"WOKEN": 1}).holds

def test_gone(splx_replay):
    assert splx_replay("found.json").finding is None
"""


def test_the_fixtures_show_the_story_of_a_test_that_fails(pytester, monkeypatch):
    monkeypatch.setenv("SPLX_CACHE", str(CACHE or ""))  # there is another home within
    pytester.makepyfile(test_mine=TESTS, asleep=ASLEEP)
    monkeypatch.chdir(pytester.path)
    splx.check("asleep.py").save("found.json")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # installed or not, it is loaded once
    result = pytester.runpytest_inprocess("-p", "splx.testing", "-q")
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines([
        "*where False = <asleep under netbsd-5: R0004: sleeper sleeps on rung and nobody can wake it*",
        "*- splx check asleep.py -*",
        "finding?R0004?: sleeper sleeps on rung and nobody can wake it, whatever happens next",
        "cv_wait(rung, lock)*",
        "*- splx replay found.json -*",
    ])  # fmt: skip


def test_a_mistake_in_what_a_test_checks_is_told_without_a_traceback_through_splx(pytester, monkeypatch):
    monkeypatch.setenv("SPLX_CACHE", str(CACHE or ""))
    monkeypatch.chdir(pytester.path)
    asked = 'def test_{}(splx_check):\n    assert splx_check("{}", design="{}").holds\n'
    pytester.makepyfile(test_mine=asked.format(1, "nofile.py", "linux") + asked.format(2, "asleep.py", "nosuch"))
    pytester.makepyfile(asleep=ASLEEP)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    result = pytester.runpytest_inprocess("-p", "splx.testing", "-q")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["E * there is no scenario file*", "test_mine.py:2: SplxError"])
    result.stdout.fnmatch_lines(["E *there is no design*`nosuch`*", "test_mine.py:4: SplxError"])
    result.stdout.no_fnmatch_line("*splx/api/*")
    result.stdout.no_fnmatch_line("*splx/testing.py*")


ELSEWHERE = """
import pytest
from splx.base.diagnostics import SplxError

def test_here(splx_check):
    assert splx_check("first.py", settings={"WOKEN": 1}, machine="here.toml")

@pytest.mark.parametrize("asked, says", [
    ({"scenario": "asleep.py"}, "there is no scenario file"),
    ({"scenario": "first.py", "mechanisms": ["asleep.py"]}, "there is no mechanism file"),
    ({"scenario": "first.py", "machine": "ideal.toml"}, "ideal.toml` cannot be read"),
])
def test_elsewhere(splx_check, asked, says):
    with pytest.raises(SplxError, match=says):
        splx_check(**asked)

def test_replayed(splx_replay):
    with pytest.raises(SplxError, match="there is no scenario file"):
        splx_replay("found.json")
"""


def test_paths_of_the_fixtures_start_at_the_test_and_nowhere_else(pytester, monkeypatch):
    monkeypatch.setenv("SPLX_CACHE", str(CACHE or ""))
    monkeypatch.chdir(pytester.path)
    ideal = (Path(splx.__file__).parent / "machine" / "machines" / "ideal.toml").read_text()
    pytester.makepyfile(**{"deep/test_paths": ELSEWHERE, "deep/first": ASLEEP, "asleep": ASLEEP})
    Path("ideal.toml").write_text(ideal)
    Path("deep/here.toml").write_text(ideal)
    splx.check("asleep.py").save("found.json")
    Path("found.json").rename("deep/found.json")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.runpytest_inprocess("-p", "splx.testing", "-q").assert_outcomes(passed=5)


@pytest.mark.parametrize("light", ["splx", "splx.testing"])
def test_importing_it_imports_no_engine(light):
    code = f"import {light}, sys; print([n for n in sys.modules if n.startswith(('llvmlite', 'splx.machine', 'rich'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_run_that_is_none_of_the_search_is_a_mistake_of_ours(files, capfd, monkeypatch):
    monkeypatch.setattr("splx.api.followed.needed", lambda *_: [0])
    assert run(["check", "asleep.py", "--verify-reduction", "--set", "WOKEN=1"]) == 3
    told = capfd.readouterr().err
    assert "X0001" in told
    assert "a run under netbsd-5 is none of the search" in told
    assert "registers differ" in told
