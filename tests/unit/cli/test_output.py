"""Output that nobody can take: a disk that is full, a reader that has gone, a stream that was closed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="the system has no /dev/full")

WRONG = """from splx.scenario import *

nic = NIC("nic0", Periodic(us(100)))


@handler(nic, IPL_NET)
def nic_intr() -> None:
    n = nic.pop()
    assert n == 7, "it is the seventh"
"""
RIGHT = "".join(WRONG.splitlines(keepends=True)[:-1])


@pytest.fixture
def splx(tmp_path):
    (tmp_path / "wrong.py").write_text(WRONG)
    (tmp_path / "right.py").write_text(RIGHT)

    def call(line, out):
        words = [sys.executable, "-m", "splx", *line.split()]
        done = subprocess.run(words, stdout=out, stderr=subprocess.PIPE, text=True, cwd=tmp_path, check=False)
        return done.returncode, done.stderr

    return call


WRONG_RUN = "run wrong.py --time 1ms --engine plain"
RIGHT_RUN = "run right.py --time 1ms --engine plain"
NO_ROOM = "error[S0002]: standard output cannot be written: no space left on device\n"


@needs_full
@pytest.mark.parametrize(
    "line",
    ["designs", "explain K0001", "--help", RIGHT_RUN, f"{RIGHT_RUN} --json", WRONG_RUN, "list right.py splraise"],
)
def test_a_full_disk_is_told_in_a_sentence_and_no_result_is_claimed(splx, line):
    with FULL.open("w") as full:
        code, said = splx(line, full)
    assert code == 2
    assert said.startswith(NO_ROOM)
    assert said.count("\n") == 3  # the message, its help, its page


@needs_full
def test_a_mistake_stays_the_mistake_that_it_is(splx):
    with FULL.open("w") as full:
        code, said = splx("run nobody.py", full)
    assert (code, said.split(":")[0]) == (2, "error[S0201]")


@needs_full
def test_so_is_a_full_disk_under_a_file_of_results(splx):
    code, said = splx("check right.py --save /dev/full", subprocess.DEVNULL)
    assert (code, said) == (0, "nothing was found, so nothing was saved: `/dev/full` is left as it was\n")
    code, said = splx("check wrong.py --save /dev/full", subprocess.DEVNULL)
    assert code == 2
    assert said.startswith("error[S0002]: `/dev/full` cannot be written: no space left on device\n")


@needs_full
def test_a_finding_that_cannot_be_saved_is_told_all_the_same(splx, tmp_path):
    with (tmp_path / "told").open("w") as told:
        code, said = splx("check wrong.py --save /dev/full", told)
    assert (code, said.count("error[S0002]")) == (2, 1)
    text = (tmp_path / "told").read_text()
    assert text.startswith("finding[R0001]: ")
    assert "replay: " not in text  # there is no such file


@pytest.mark.parametrize(("line", "code"), [(RIGHT_RUN, 0), (WRONG_RUN, 1), ("run nobody.py", 2), ("machines", 0)])
def test_a_reader_that_has_gone_changes_no_exit_code_and_hears_nothing(splx, line, code):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        found, said = splx(line, pipe)
    assert found == code
    assert "Traceback" not in said
    assert "X0001" not in said
    assert (said == "") == (code != 2)


def test_closed_standard_output_takes_no_result(splx, tmp_path):
    words = f'exec "{sys.executable}" -m splx designs >&-'
    done = subprocess.run(["sh", "-c", words], stderr=subprocess.PIPE, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "error[S0002]: standard output is closed")


@needs_full
@pytest.mark.parametrize("stream", ["2>/dev/full", "2>&-"])
def test_what_standard_error_cannot_take_is_dropped(splx, tmp_path, stream):
    words = f'exec "{sys.executable}" -m splx run nobody.py {stream}'
    done = subprocess.run(["sh", "-c", words], stdout=subprocess.PIPE, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("words", [["PYTHONIOENCODING=ascii"], ["LC_ALL=C", "PYTHONUTF8=0", "PYTHONCOERCECLOCALE=0"]])
def test_what_the_encoding_does_not_have_is_spelt(words):
    script = "import sys; from splx.cli.output import guard; guard(); print('3 \\xb1 1, gr\\xf6\\xdfe')"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env=os.environ | dict(each.split("=") for each in words),
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"3 +- 1, gr??e\n", b"")


PRINTS = r"from splx.cli.output import guard; guard(); print('\x1b[1mbold\x1b[0m \x1b]0;title\x07 \x9b2J\ttab')"


def test_a_file_gets_no_control_character():
    done = subprocess.run([sys.executable, "-c", PRINTS], capture_output=True, check=True)
    assert done.stdout == b"?[1mbold?[0m ?]0;title? ?2J\ttab\n"


def test_a_terminal_gets_colours_and_no_other_control_character():
    ours, theirs = os.openpty()
    subprocess.run([sys.executable, "-c", PRINTS], stdout=theirs, check=True)
    os.close(theirs)
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        assert terminal.read(200).split(b"\t")[0] == b"\x1b[1mbold\x1b[0m ?]0;title? ?2J"


def test_what_a_scenario_says_of_itself_cannot_write_on_the_terminal(tmp_path):
    text = WRONG.replace("it is the seventh", "\\x01\\x1b[31m red").replace("n == 7", "n == 7  ")
    (tmp_path / "red.py").write_text(text)
    ours, theirs = os.openpty()
    words = [sys.executable, "-m", "splx", "check", "red.py", "--budget", "nic0=1", "--engine", "plain"]
    done = subprocess.run(words, stdout=theirs, cwd=tmp_path, check=False)
    os.close(theirs)
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        said = terminal.read(300)
    assert done.returncode == 1
    assert b": ??[31m red, in nic_intr" in said


@pytest.mark.parametrize(
    ("form", "name"), [("junit", 'file="nö 1.py"'), ("sarif", '"uri": "n%C3%B6%201.py"'), ("github", "file=nö 1.py,")]
)
def test_what_other_programs_read_is_utf_8_in_any_locale(tmp_path, form, name):
    (tmp_path / "nö 1.py").write_text(WRONG)
    words = [sys.executable, "-m", "splx", "check", "nö 1.py", "--budget", "nic0=1", "--format", form]
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(words, capture_output=True, cwd=tmp_path, env=os.environ | locale, check=False)
    assert done.returncode == 1
    assert name in done.stdout.decode()
