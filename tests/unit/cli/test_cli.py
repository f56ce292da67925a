"""The command line: what is typed, what comes out, and how it ends."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from splx import __version__
from splx.cli.main import COMMANDS, run
from splx.cli.progress import Counting, Progress
from splx.scenario.designs import designs

NIC = """from splx.scenario import *
speed = Param("speed", 1)
nic = NIC("nic0", Poisson(mean=us(50)))
COST = Constant(us(3))
@handler(nic, IPL_NET)
def nic_intr() -> None:
    item = nic.pop()
    while item != 0:
        nic.work(item, COST)
        item = nic.pop()
"""


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nic.py").write_text(NIC)
    return tmp_path


@pytest.fixture
def splx(files, capfd):
    def call(line):
        code = run(line.split())
        out, err = capfd.readouterr()
        return code, out, err

    return call


RUN = "run nic.py --time 2ms --engine plain"


@pytest.mark.parametrize(
    ("line", "warned"),
    [
        (f"{RUN} --json --design netbsd-2006:wait=shut", ["`netbsd-2006:wait=shut` combines a big lock whose waiters"]),
        (f"{RUN} --json --design doran-2006 --line-at IPL_NET", []),
        ("check nic.py --design doran-2006:clamp=off --states 1 --json",
         ["`doran-2006:clamp=off` combines threads that borrow their CPU"]),
        ("compare nic.py --designs netbsd-5,doran-2006:clamp=off,netbsd-2006:wait=shut --time 1ms --seeds 2 --json",
         ["`doran-2006:clamp=off`", "`netbsd-2006:wait=shut`"]),
    ],
)  # fmt: skip
def test_a_choice_that_is_wrong_by_construction_is_told_once_beside_the_result(splx, line, warned):
    _, out, err = splx(line)
    json.loads(out)
    heads = re.findall("warning.W0301.*", err)
    assert len(heads) == len(warned)
    assert all(told in head for told, head in zip(warned, heads, strict=True))


TICKING = f"""{NIC}
clock = Clock("clk", Periodic(ms(1)))
@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()
"""
WITHOUT_TICKS = ("sel4", "textbook")


def test_designs_that_refuse_a_scenario_are_rows_that_say_why_beside_the_others(splx, files):
    (files / "ticking.py").write_text(TICKING)
    how = "--time 1ms --engine plain --seeds 2 --jobs 1"
    code, out, _ = splx(f"compare ticking.py --designs netbsd-5,sel4 {how}")
    assert code == 2
    assert re.search(r"instructions +\S+ ± ", out)
    assert re.search(r"sel4 .* ticking.py:16 +nothing", out)
    code, out, _ = splx(f"compare ticking.py --all-designs {how} --json")
    data = json.loads(out)
    assert (code, data["designs"], tuple(data["refused"])) == (2, list(designs()), WITHOUT_TICKS)
    assert {run["design"] for run in data["runs"]} == set(designs()) - set(WITHOUT_TICKS)
    assert data["refused"]["sel4"][0]["code"] == "S0303"


def test_a_scenario_that_all_designs_refuse_is_not_compared(splx, files):
    (files / "ticking.py").write_text(TICKING)
    code, out, err = splx("compare ticking.py --designs sel4,textbook --time 1ms --seeds 1")
    assert (code, out) == (2, "")
    assert "error[S0303]: `sel4` cannot honour `hardclock`" in err


def test_all_designs_are_not_some(splx):
    code, _, err = splx("compare nic.py --all-designs --designs netbsd-5")
    assert code == 2
    assert "--designs and --all-designs: it is one or the other" in err


def test_a_run(splx):
    code, out, err = splx(RUN)
    assert (code, err) == (0, "")
    assert out.startswith("nic on netbsd-5, x86-2020, 1 CPU, 2 ms simulated, seed 1\n")
    assert out.splitlines()[-2:] == [
        "again: splx run nic.py --design netbsd-5 --time 2ms --seed 1 --engine plain",
        "next:  splx compare nic.py --designs netbsd-5,doran-2006 --time 2ms --engine plain --seeds 5",
    ]


def test_a_run_as_json_and_in_a_file(splx, files):
    code, out, _ = splx(f"{RUN} --json --save run.json --trace events.csv")
    assert code == 0
    assert json.loads(out)["design"] == "netbsd-5"
    assert (files / "run.json").read_text() == out
    events = (files / "events.csv").read_text().splitlines()
    assert events[0] == "time_ps,cpu,event,what,detail"
    assert any(",accept,nic0," in line for line in events)
    assert not list(files.glob(".*.new"))


def test_what_is_said_again_gives_the_same_bytes(splx):
    _, out, _ = splx(f"{RUN} --seed 3 --set speed=2 --ties reversed")
    again = next(line for line in out.splitlines() if line.startswith("again: splx "))
    assert splx(again.removeprefix("again: splx "))[1] == out


def test_the_json_says_what_was_run(splx, files):
    (files / "mine.toml").write_text('name = "mine"\nfrom = "x86-2020"\n')
    chosen = "--design doran-2006 --line-at IPL_NET --machine mine.toml --set speed=2"
    made_by = json.loads(splx(f"{RUN} {chosen} --json")[1])["made_by"]
    assert made_by["command"] == (
        "splx run nic.py --design doran-2006 --machine mine.toml --time 2ms --seed 1 --line-at IPL_NET --set speed=2"
    )
    assert made_by["splx"] == __version__
    assert [made_by[name] for name in ("scenario_file", "machine_file")] == [
        str(files / "nic.py"),
        str(files / "mine.toml"),
    ]
    assert (made_by["options"], made_by["settings"]) == ({"line_at": "IPL_NET"}, {"speed": "2"})
    assert splx(f"{RUN} {chosen}")[1].splitlines()[1] == "with --line-at IPL_NET --set speed=2 --machine mine.toml"


def test_a_finding_as_json_and_in_a_file(splx, files):
    (files / "nic.py").write_text(NIC + "    splx(0)\n")
    code, out, err = splx(f"{RUN} --json --save run.json")
    assert (code, err, (files / "run.json").read_text()) == (1, "", out)
    (finding,) = json.loads(out)["findings"]
    assert (finding["code"], finding["again"][:15]) == ("K0001", "splx run nic.py")
    (files / "run.json").unlink()
    assert splx(f"{RUN} --save run.json")[1].startswith("finding[K0001]")
    assert (files / "run.json").read_text() == out


def test_a_finding_is_a_result(splx, files):
    (files / "nic.py").write_text(NIC + "    splx(0)\n")
    code, out, err = splx(RUN)
    assert (code, err) == (1, "")
    assert "finding[K0001]: splx below the level that the handler was called at" in out
    assert "= again: splx run nic.py --design netbsd-5 --time 2ms --seed 1 --engine plain" in out


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("run none.py", "error[S0201]: there is no scenario file `none.py`"),
        ("run nic.py --design netbsd-6", "error[S0301]: there is no design `netbsd-6`"),
        ("run nic.py --machine x86", "error[M0001]: no machine is called `x86`"),
        ("run nic.py --time 5", "error[S0001]: the duration `5` has no unit"),
        ("run nic.py --set speed", "error[S0403]: `speed` is given no value"),
        ("run nic.py --set sped=2", "error[S0112]"),
        ("run nic.py --line-at IPL_NET", "error[S0302]: the design `netbsd-5` has no option `line_at`"),
        ("run nic.py --cpus 65", "65 is not in the range 1<=x<=64"),
        ("run nic.py --colour", "No such option"),
        ("rum nic.py", "No such command 'rum'. Did you mean 'run'?"),
        ("list nic.py nic_intrr", "did you mean nic_intr?"),
        ("explain Q0001", "there is no diagnostic `Q0001`; --all lists those that there are"),
        ("explain W0499", "of that letter there are W0001, W0301, W0302, W0303, W0401, W0402"),
        ("explain", "give a code"),
        (
            "run nic.py --save /none/run.json --time 10us --engine plain",
            "error[S0002]: `/none/run.json` cannot be written",
        ),
        # What can be known before a long search is told before it: here before the scenario is read.
        ("check none.py --save /none/found.json", "error[S0002]: `/none/found.json` cannot be written"),
        ("run none.py --trace /none/events.csv", "error[S0002]: `/none/events.csv` cannot be written"),
        ("compare none.py --save /none/both.json", "error[S0002]: `/none/both.json` cannot be written"),
        ("check none.py --json --format sarif", "--json and --format sarif: it is one or the other"),
        ("check --kernel netbsd-5 --json --format junit", "--json and --format junit: it is one or the other"),
        ("check nic.py --budget nic0=5000000000", "a budget of 5000000000 arrivals of nic0: 0 to 2147483647"),
        ("check nic.py --budget nic0=\u00b2", "`\u00b2` is no number of arrivals of nic0"),
        (f"lockdep nic.py --seed {1 << 63}", "is not in the range"),
    ],
)
def test_bad_input(splx, line, text):
    code, out, err = splx(line)
    assert (code, out) == (2, "")
    assert text in err
    assert "Traceback" not in err


def test_a_comparison(splx):
    code, out, _ = splx("compare nic.py --designs netbsd-5,doran-2006 --time 2ms --engine plain --seeds 2 --jobs 1")
    assert code == 0
    assert out.startswith("nic on x86-2020, 1 CPU, 2 ms each, 2 seeds\n")
    assert "exceed the noise between seeds" in out
    again = "compare nic.py --designs netbsd-5,doran-2006 --time 2ms --engine plain --seeds 2"
    assert f"\nagain: splx {again}\n" in out


def test_a_comparison_as_json(splx):
    line = "compare nic.py --designs netbsd-5,doran-2006:line_at=IPL_NET --time 1ms --engine plain --seeds 1 --json"
    code, out, _ = splx(line)
    assert (code, json.loads(out)["designs"]) == (0, ["netbsd-5", "doran-2006:line_at=IPL_NET"])
    assert json.loads(out)["made_by"]["command"] == f"splx {line}".replace(" --engine plain", "").removesuffix(
        " --json"
    )


def test_a_comparison_with_a_finding(splx, files):
    (files / "nic.py").write_text(NIC + "    splx(0)\n")
    code, out, _ = splx("compare nic.py --designs netbsd-5 --time 1ms --engine plain --seeds 1")
    assert code == 1
    assert "netbsd-5 is left out: its run ended in a finding" in out


def test_a_users_own_machine(splx, files):
    (files / "mine.toml").write_text('name = "mine"\nfrom = "x86-2020"\n[cost]\ntrap = { ns = 5, source = "x" }\n')
    assert splx(f"{RUN} --machine mine.toml")[1].startswith("nic on netbsd-5, mine, ")
    (files / "mine.toml").write_text('name = "mine"\nfrom = "x86-2020"\n[cost]\ntrap = { ns = 5 }\n')
    code, _, err = splx(f"{RUN} --machine mine.toml")
    assert code == 2
    assert "error[M0007]: `cost.trap` has no source\n --> mine.toml:4:1" in err


def test_the_matrix(splx):
    code, out, _ = splx("designs solaris --matrix")
    assert code == 0
    assert re.search(r"solaris:psm=apix +F1 F3 +M2 line", out)
    assert re.search(r"solaris +eoi level /= +level = +0 = +2 = +0 = +0 =", out)
    assert re.search(r"solaris:psm=apix +mask eoi /= +unmask /= +0 =", out)
    assert "\n  solaris, line, entry: eoi level, published is level eoi\n  solaris, edge, entry: " in out
    told = "netbsd-5, soft, locked: 1, published is 0\n    Xsoftintr (spl.S of 2008) stores curlwp"
    assert told in splx("designs netbsd-5 --matrix")[1]
    out = splx("designs xnu --matrix")[1]
    assert " 10 /= " in out
    assert "xnu, edge, locked: 10, published is 2-4; the work loop's own are 4\n" in out
    (found, _) = json.loads(splx("designs xnu --matrix --json")[1])
    assert found["operations"]["edge"]["own"] == {"whose": ["workloop"], "atomics": 4}
    (found,) = json.loads(splx("designs solaris:psm=apix --matrix --json")[1])
    assert found["operations"]["edge"]["published"]["entry"] == found["operations"]["edge"]["entry"] == "eoi"
    assert found["vector"]["mask"] == "M2 line"


def test_designs(splx):
    code, out, _ = splx("designs")
    assert code == 0
    assert " doran-2006 " in out
    assert {each["name"] for each in json.loads(splx("designs --json")[1])} >= {"netbsd-5", "textbook"}
    assert " :line_at= " in splx("designs doran-2006")[1]


def test_a_design_says_what_it_wants_of_a_scenario(splx):
    assert re.search(r"\n restriction +all handlers of one line have one level *\n", splx("designs solaris")[1])
    threads = r"\n restriction +all handlers of a line of an interrupt thread have one level *\n"
    assert re.search(threads, splx("designs solaris:psm=apix")[1])
    wants = {each["name"]: each["restrictions"] for each in json.loads(splx("designs --json")[1])}
    assert wants["textbook"] == ["all handlers of one line have one level"]
    assert wants["linux"] == []


def test_calls(splx):
    assert re.search(r"sel4 +2 +mutex_enter, cv_wait,", splx("designs --calls")[1])
    assert re.search(r"kernel_lock +refused +there is no big lock", splx("designs linux --calls")[1])
    (linux,) = json.loads(splx("designs linux --calls --json")[1])
    assert linux["calls"]["splraise"]["answer"] == "instead"


def test_rules(splx):
    out = splx("designs netbsd-5 --rules")[1]
    assert re.search(r"netbsd-5 +device +yes +yes +no +no +no +yes", out)
    assert re.search(r"kernel_lock while a spin mutex is held +- +nothing looks", out)
    assert re.search(r"sel4 +hard +yes +no +no +no +no +-", splx("designs --rules")[1])
    (qnx,) = json.loads(splx("designs qnx:attach=isr --rules --json")[1])
    assert {"place": "device", "act": "mutex"}.items() <= qnx["refused"][4].items()


def test_what_the_page_of_a_kernel_says_next_can_be_typed(splx):
    line = splx("designs textbook")[1].splitlines()[-1]
    assert line == "next: splx run first --design textbook:queues=global,lock=inherit,order=fifo"
    assert splx(f"{line.removeprefix('next: splx ')} --time 10us --engine plain")[0] == 0


def test_cases(splx):
    code, out, _ = splx("cases")
    assert code == 0
    assert " --mutant m7" in out
    assert splx("cases a12")[1].splitlines()[-1] == "next: splx check cases/a12 --mutant m7"
    assert splx("cases a12 --source")[1].startswith('"""A12: ')
    assert json.loads(splx("cases a12 --json")[1])[0]["trials"][0]["finds"] == "R0003"
    assert len(json.loads(splx("cases --json")[1])) > 20
    assert " netbsd-2006-deferred:family=stop " in splx("cases --mutants")[1]
    assert {"m24", "c8"} <= {each["name"] for each in json.loads(splx("cases --mutants --json")[1])}


def test_a_case_by_a_name_that_is_near_is_guessed(splx):
    assert "did you mean `c11`?" in splx("cases c111")[2]
    assert splx("cases --source")[0] == 2


def test_a_case_that_is_not_there_is_guessed(splx):
    assert "did you mean `cases/a9`?" in splx("check cases/a99")[2]


def test_a_case_is_checked_by_its_name(splx):
    code, out, _ = splx("check cases/b1")
    assert code == 1
    assert "adaptive mutex while a spin mutex is held" in out


def test_no_line_ends_in_blanks(splx):
    assert not [line for line in splx(RUN)[1].splitlines() if line.endswith(" ")]


def test_machines(splx):
    assert " sparc-1993 " in splx("machines")[1]
    assert "LOCK CMPXCHG" in splx("machines x86-2020")[1]
    assert json.loads(splx("machines ideal --json")[1])[0]["figures"]["trap"]["ps"] == 0


def test_a_listing_ends_in_what_the_fast_path_costs(splx):
    code, out, _ = splx("list nic.py splraise --design netbsd-2006")
    assert code == 0
    assert out.startswith("splraise: ")
    assert "fast path on x86-2020: " in out


@pytest.mark.parametrize("design", designs())
@pytest.mark.parametrize("function", ["mutex_enter", "splx", "splhigh"])
def test_what_a_driver_calls_can_be_listed_in_every_kernel(splx, design, function):
    # the scenario takes no mutex, and nobody calls splhigh
    code, out, _ = splx(f"list nic.py {function} --design {design}")
    assert code == 0
    assert out.startswith(f"{function}: call, ")


def test_a_function_that_is_nowhere_but_in_its_callers(splx, files):
    (files / "nic.py").write_text(NIC + "    small()\ndef small() -> None:\n    work(ns(3))\n")
    code, out, _ = splx("list nic.py small")
    assert code == 0
    assert out.startswith("small is compiled into nic_intr; the first of them:\n\nnic_intr: ")


def test_a_listing_as_json(splx):
    data = json.loads(splx("list nic.py splx --design netbsd-2006 --json")[1])
    (function,) = data["functions"]
    assert [each["pc"] for each in data["code"]] == list(range(function["start"], function["end"]))
    assert data["fast_path"]["instructions"] <= len(data["code"])


def test_a_shipped_scenario_nearly_named(splx):
    code, _, err = splx("run firts")
    assert code == 2
    assert "did you mean `first`?" in err


def test_what_a_scenario_prints_is_no_result(splx, files):
    (files / "nic.py").write_text(NIC + "print('hello')\n")
    code, out, err = splx(f"{RUN} --json")
    assert (code, json.loads(out)["scenario"]) == (0, "nic")
    assert set(err.split()) == {"hello"}


def test_pages(splx):
    assert splx("explain k0001")[1].startswith("# K0001: an assertion that does not hold\n")
    assert "M0003  a figure that is missing" in splx("explain --all")[1]
    assert json.loads(splx("explain --all --json")[1])["M0003"] == "a figure that is missing"
    assert json.loads(splx("explain k0001 --json")[1])["code"] == "K0001"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(splx, command):
    code, out, _ = splx(f"{command} --help")
    assert code == 0
    assert f"splx {command}" in out.partition("Examples:")[2]


@pytest.mark.parametrize("command", ["run", "compare", "list"])
def test_help_names_the_scenarios_that_there_are(splx, command):
    assert "SCENARIO is a Python file, or comes with splx: demo, first" in splx(f"{command} --help")[1]


def test_a_finding_of_a_check_as_json_and_in_a_file(splx, files):
    (files / "nic.py").write_text(NIC + "    splx(0)\n")
    code, out, _ = splx("check nic.py --budget nic0=1 --json --save found.json")
    data = json.loads(out)
    assert (code, data["verdict"], data["splx"]) == (1, "finding", __version__)
    assert data["scenario_file"] == str(files / "nic.py")
    assert json.loads((files / "found.json").read_text())["finding"] == data["finding"]


def test_a_listing_of_what_serves_two_kinds_of_locks_has_the_path_of_each(splx, files):
    (files / "nic.py").write_text(NIC)
    out = splx("list nic.py mutex_enter --design textbook")[1]
    assert "fast path where `m.kind == MUTEX_SPIN` on x86-2020: " in out
    assert "and where it is not on x86-2020: " in out
    data = json.loads(splx("list nic.py mutex_enter --design textbook --json")[1])
    assert data["test"] == "m.kind == MUTEX_SPIN"
    assert data["fast_path"] != data["fast_path_otherwise"]


# ---- as a process of its own

SPLX = [sys.executable, "-m", "splx.cli.main"]


def test_help_comes_at_once(files):
    start = time.perf_counter()
    done = subprocess.run([*SPLX, "--help"], capture_output=True, text=True, check=True)
    assert "A kernel in a bottle" in done.stdout
    assert time.perf_counter() - start < 2  # 0.1 s on an idle machine; tests share theirs


def test_help_imports_nothing_heavy(files):
    heavy = "[name for name in sys.modules if name.startswith(('llvmlite', 'rich', 'splx.lang'))]"
    code = f"import sys, splx.cli.main as m; m.run(['--help']); print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_version(files):
    done = subprocess.run([*SPLX, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("splx ")


@pytest.mark.parametrize("line", [RUN, "machines", "explain --all", f"{RUN} --json"])
def test_a_reader_that_goes_away_is_no_error(files, line):
    process = subprocess.Popen([*SPLX, *line.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 0
    process.stderr.close()


@pytest.mark.parametrize("by", ["SIGINT", "SIGTERM"])
def test_ctrl_c_counts_while_the_command_is_still_being_imported_and_sigterm_does(by):
    finder = f"type('', (), {{'find_spec': staticmethod(lambda *_: signal.raise_signal(signal.{by}))}})"
    heard = "signal.signal(signal.SIGINT, signal.default_int_handler)"  # who is started in the background ignores it
    code = f"import signal, sys; {heard}; import splx.__main__ as m; sys.meta_path.insert(0, {finder}); m.start()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "stopped: nothing is known yet\n")


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_with_what_is_known_and_sigterm_does(files, by):
    line = "run nic.py --time 1000s --engine plain --json"
    process = subprocess.Popen([*SPLX, *line.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert "simulating" in process.stderr.readline()  # after a second something is said
    process.send_signal(by)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert json.loads(out)["complete"] is False
    assert err.endswith("stopped before the end: the result is partial\n")


def test_a_bug_of_ours_shows_no_traceback(splx, monkeypatch):
    monkeypatch.setattr("splx.simulate.run.check_books", lambda *_: 1 // 0)
    code, _, err = splx(RUN)
    assert code == 3
    assert err.startswith("error[X0001]: ZeroDivisionError: ")
    assert f"= command: splx {RUN}" in err
    assert "Traceback" not in err


def test_the_hash_seed_changes_nothing(files):
    outs = {
        subprocess.run([*SPLX, *f"{RUN} --json".split()], capture_output=True, check=True,
                       env={**os.environ, "PYTHONHASHSEED": seed}).stdout
        for seed in ("0", "1", "77")
    }  # fmt: skip
    assert len(outs) == 1


# ---- progress


class Terminal:
    def __init__(self, terminal):
        self.terminal, self.text = terminal, ""

    def isatty(self):
        return self.terminal

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def told(monkeypatch, terminal, moments):
    now = [0.0]
    monkeypatch.setattr("splx.cli.progress.monotonic", lambda: now[0])
    stream = Terminal(terminal)
    with Progress("simulating", stream) as progress:
        for now[0], done in moments:
            progress(done, 100)
    return stream.text


def test_nothing_is_said_of_what_takes_less_than_a_second(monkeypatch):
    assert told(monkeypatch, True, [(0.3, 30), (0.9, 90)]) == ""


def test_a_terminal_has_a_bar_that_is_wiped_away(monkeypatch):
    text = told(monkeypatch, True, [(0.5, 5), (2.0, 25)])
    assert "\r\x1b[K[######..................] simulating:  25%, 6 s left" in text
    assert text.endswith("\r\x1b[K")


def test_a_log_has_a_line_now_and_then(monkeypatch):
    text = told(monkeypatch, False, [(0.1, 1), (2.0, 10), (3.0, 20), (8.0, 50)])
    assert text == "simulating:  10%, 19 s left\nsimulating:  50%, 8 s left\n"


def test_what_is_counted_may_have_more_to_be_said_of_it(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("splx.cli.progress.monotonic", lambda: now[0])
    stream = Terminal(False)
    with Counting("states", stream) as counting:
        for now[0], done, detail in ((2.0, 1000, ""), (10.0, 5000, "growing: m.n had 100 values so far")):
            counting.count(done, detail)
    assert stream.text == "1,000 states\n5,000 states, 500 a second; growing: m.n had 100 values so far\n"


def test_a_rate_is_that_since_the_count_began_and_begins_anew_with_it(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("splx.cli.progress.monotonic", lambda: now[0])
    with Counting("states", stream := Terminal(False)) as counting:
        for now[0], done in [(3.0, 200), (8.0, 5_200), (13.0, 200), (19.0, 3_200)]:
            counting.count(done)
    assert stream.text.splitlines() == [
        "200 states", "5,200 states, 1,000 a second", "200 states", "3,200 states, 500 a second"
    ]  # fmt: skip


def test_a_kernel_is_checked_within_what_was_asked_for(splx):
    """What cannot be meant of several searches is refused, and the rest is not passed over."""
    line = "check --kernel textbook --client line --small --memory sc"
    code, out, _ = splx(f"{line} --states 50 --max-memory 100MB --no-fuse")
    assert code == 3
    assert "not all was seen" in out
    assert re.search(r"^states of line, sc: \d+ \(not all: it was to look at no more\), ", out, re.M)
    assert "uses of words that nobody else can look at" not in out
    code, _, err = splx(f"{line} --resume seen")
    assert code == 2
    assert "`--resume` is for one scenario, not for `--kernel`" in err
    code, _, err = splx("check --kernel textbook --client sharers --verify-reduction")
    as_scenario = "splx check clients/readers --design textbook --set operations=1 --budget card=0"
    assert (code, f"of a client: `{as_scenario}`" in err) == (2, True)
    code, _, err = splx(f"{line} --max-memory 1kB")
    assert code == 2
    assert "a search needs 64 MiB at least" in err


def test_clients_that_have_another_number_of_cpus_than_was_asked_for_are_named(splx):
    line = "check --kernel textbook --small --memory sc --states 50"
    assert "CPU" not in splx(f"{line} --client two_locks")[2]
    assert "two_locks: 1 CPU, not 2: on so many they" in splx(f"{line} --client two_locks --cpus 2")[2]
    both = splx(f"{line} --client readers --client timers --cpus 2".replace("textbook", "netbsd-5"))[2]
    assert "timers: 1 CPU, not 2: on so many they" in both  # it has no such parameter
    assert "readers: " not in both
    assert "CPU," not in splx(f"{line} --client two_locks --cpus 2 --set threads=2")[2]
