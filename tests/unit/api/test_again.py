"""What an answer says of how to come to it again, in every format; and searches that were never begun."""

import json
import shlex
from xml.etree import ElementTree

import pytest

from splx.api.checking import Checked
from splx.api.kernel import run as explore
from splx.api.kernel import tasks
from splx.api.together import check_together, left_out
from splx.check.clients import CLIENTS
from splx.check.limits import End, Limits
from splx.check.loading import bounds_for
from splx.cli import check_kernel
from splx.cli.check import _show, exit_of, of_all
from splx.cli.main import run
from splx.simulate.setup import Setup

ONE = """from splx.scenario import *

N = Param("N", 0)
card = NIC("card", Poisson(ms(1)), limit=2)


@handler(card, IPL_NET, mpsafe=True)
def intr() -> None:
    card.pop()


@thread(cpu=0)
def only() -> None:
    work(N)
"""

KERNEL = "textbook:lock=inherit"


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a file.py").write_text(ONE)
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ["a file.py", "--design", KERNEL, "--set", "N=1", "--cpus", "2", "--budget", "card=1", "--states", "5"],
        ["a file.py", "--mutant", "m7", "--memory", "tso", "--ring", "2", "--fair", "card", "--no-fuse",
         "--property", "asleep", "--property", "stuck", "--states", "5"],
        ["a file.py", "--machine", "pentium-apic", "--single", "--design", "textbook", "--cost", "0"],
    ],
)  # fmt: skip
def test_the_command_of_an_answer_comes_to_it(files, capfd, words):
    code = run(["check", *words, "--json"])
    first = json.loads(capfd.readouterr().out)
    splx, *again = shlex.split(first["again"])
    assert splx == "splx"
    assert run([*again, "--json"]) == code
    second = json.loads(capfd.readouterr().out)
    told = [{key: each[key] for key in each if key not in ("seconds", "memory")} for each in (first, second)]
    assert told[0] == told[1]


def test_that_of_a_client_names_the_kernel_and_what_was_set_on_top_of_the_clients_own(capfd):
    setup = Setup("", design=KERNEL, machine="ideal", settings=(("threads", "1"), ("operations", "1")))
    spin, line = tasks(setup, CLIENTS[1:3], ("sc",), budgets={"card": 0})
    assert " ".join(spin.asked) == f"--kernel {KERNEL} --client spin --memory sc --set threads=1 --set operations=1"
    assert " ".join(line.asked).endswith(" --memory sc --set threads=1 --set operations=1 --budget card=0")
    assert run(["check", *line.asked, "--states", "5", "--property", "rules", "--json"]) == 3
    (first,) = json.loads(capfd.readouterr().out)
    assert run([*shlex.split(first["again"])[1:], "--json"]) == 3
    (second,) = json.loads(capfd.readouterr().out)
    assert (first["states"], first["again"]) == (second["states"], second["again"])


@pytest.fixture(scope="module")
def unbegun(tmp_path_factory):
    """The answer of a search whose turn did not come."""
    file = tmp_path_factory.mktemp("left") / "one.py"
    file.write_text(ONE)
    setup = Setup(str(file), design=KERNEL, machine="ideal", settings=(("N", "1"),))
    return left_out(setup, bounds_for(memory="tso"))


def shown(capfd, verdicts, form, *, all_designs=False):
    given = {"form": form, "as_json": False, "all_designs": all_designs, "save": None}
    _show(verdicts, given, {}, of_all(verdicts[0].setup, verdicts[0]))
    return capfd.readouterr().out


def test_a_search_that_was_never_begun_is_told_as_such_in_every_format(unbegun, capfd):
    assert (unbegun.end, unbegun.counts.states, unbegun.holds) == (End.BEFORE, 0, False)
    assert exit_of(unbegun) == 3
    table = shown(capfd, [unbegun], "text", all_designs=True)
    assert "not begun" in table
    assert "one.py with N=1 under every kernel" in table
    again = "one.py --design textbook:lock=inherit --set N=1 --all-designs --memory tso\n"
    assert table.endswith(again)  # with the options of the design that was named
    data = json.loads(shown(capfd, [unbegun], "json"))
    assert (data["verdict"], data["end"], data["states"]) == ("not begun", "before", 0)
    suite = ElementTree.fromstring(shown(capfd, [unbegun], "junit").encode())[0]
    assert suite.get("skipped") == suite.get("tests") == str(len(unbegun.answers))
    assert {each.tag for case in suite.iter("testcase") for each in case} == {"skipped"}
    assert not json.loads(shown(capfd, [unbegun], "sarif"))["runs"][0]["invocations"][0]["executionSuccessful"]
    assert "it was not begun (one.textbook:lock=inherit, N=1.tso)" in shown(capfd, [unbegun], "github")


def test_every_format_says_how_to_come_to_an_answer(unbegun, capfd):
    assert unbegun.again.endswith("one.py --design textbook:lock=inherit --set N=1 --memory tso")
    for form in ("text", "json", "junit", "sarif", "github"):
        assert unbegun.again in shown(capfd, [unbegun], form), form
    assert "not begun: nothing wrong so far in" in str(unbegun)
    assert f"N=1 under {KERNEL}" in str(unbegun)


def test_several_that_are_to_end_at_once_begin_no_other(files):
    setups = [Setup("a file.py", design="textbook", machine="ideal")] * 3
    answers = check_together(setups, bounds_for(), ("rules",), [Limits()] * 3, 1, stopped=lambda: True)
    assert answers[-1].end is End.BEFORE


def test_a_client_whose_turn_does_not_come_is_not_begun():
    (spin,) = tasks(Setup("", design="textbook", machine="ideal"), CLIENTS[1:2], ("sc",), small=True)
    found = explore(spin, stopped=lambda: True)
    assert isinstance(found.verdict, Checked)
    assert not found.verdict.begun
    assert found.again == "splx check --kernel textbook --client spin --small --memory sc"


@pytest.mark.parametrize(
    ("jobs", "cost", "small", "searches", "split"),
    [
        (4, 2, False, 1, (1, 4)),  # all of them for the last cost of the one there is
        (4, 2, False, 2, (2, 2)),
        (2, 2, True, 9, (2, 1)),  # side by side
        (4, None, False, 1, (1, 1)),  # a search by moves is the work of one
        (None, 2, True, 9, (1, 1)),
        (3, 1, False, 0, (1, 3)),  # the design has none of it
    ],
)
def test_processes_that_are_left_over_share_the_last_cost(jobs, cost, small, searches, split):
    assert check_kernel._jobs({"jobs": jobs, "cost": cost, "small": small}, searches) == split


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("-j 2", "a search by moves is the work of one process"),
        ("-j 2 --cost 1 --resume kept", "(--resume) is the work of one process"),
        ("-j 2 --verify-reduction", "one search after the other"),
        ("--verify-reduction --save f.json", "no --resume, --cost, --save"),
        ("--client spin", "--client is for --kernel"),
        ("--small", "--small is for --kernel"),
        ("--lines", "--lines is for --kernel"),
        ("--kernel textbook", "and not both"),
    ],
)
def test_words_that_do_not_go_together_are_refused_with_the_reason(files, capfd, words, says):
    assert run(["check", "a file.py", *words.split()]) == 2
    assert says in capfd.readouterr().err


@pytest.mark.parametrize("words", ["-j 2 --lines", "--resume kept", "--design textbook", "--fair card"])
def test_so_are_those_that_are_not_for_a_kernel(capfd, words):
    assert run(["check", "--kernel", "textbook", *words.split()]) == 2
    told = capfd.readouterr().err
    assert words.split()[-2 if words != "-j 2 --lines" else -1].removesuffix(" ") in told
