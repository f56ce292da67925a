"""Loading: files, parameters, and how a user's mistake is told."""

import sys

import pytest

from splx.base.diagnostics import SplxError
from splx.base.exits import Exit
from splx.base.units import ms
from splx.scenario import load_scenario
from splx.scenario.load import find_scenario, load_module

THREAD = """
from splx.scenario import thread, us, work

@thread("t")
def body() -> None:
    work(us(1))
"""


@pytest.fixture
def write(tmp_path):
    def write(text, name="nic.py"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


def refused(*args):
    with pytest.raises(SplxError) as error:
        load_scenario(*args)
    assert error.value.exit is Exit.BAD_INPUT
    return error.value.diagnostics


def test_a_scenario_has_the_name_of_its_file(write):
    assert load_scenario(write(THREAD)).name == "nic"


def test_a_file_that_is_not_there_may_be_the_one_beside_it(write, tmp_path):
    write(THREAD)
    (found,) = refused(tmp_path / "nick.py")
    assert found.code == "S0201"
    assert "nic.py" in found.help


def test_a_link_to_nothing_is_told_as_that_and_is_near_to_nothing(write, tmp_path):
    write(THREAD)
    (tmp_path / "linked.py").symlink_to("nothing.py")
    (found,) = refused(tmp_path / "linked.py")
    assert found.message.endswith("linked.py` is a link to `nothing.py`, which is not there")
    (found,) = refused(tmp_path / "linkd.py")
    assert "did you mean" not in found.help


def test_a_folder_is_no_scenario(tmp_path):
    (found,) = refused(tmp_path)
    assert found.code == "S0201"


def test_a_scenario_that_comes_with_splx_needs_no_path(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert load_scenario("first").name == "first"
    (tmp_path / "first").write_text(THREAD)
    assert str(find_scenario("first")) == "first"


def test_a_scenario_can_be_loaded_again_after_it_changed(write):
    assert len(load_scenario(write(THREAD)).threads) == 1
    assert len(load_scenario(write(THREAD.replace('"t"', '"t", count=2'))).threads) == 2


def test_modules_beside_a_scenario_are_imported_and_declare_anew(write):
    write('from splx.scenario import Mutex\nlock = Mutex("shared")\n', "common.py")
    path = write("from common import lock\n" + THREAD)
    for _ in range(2):
        assert [each.about.name for each in load_scenario(path).locks] == ["shared"]
    assert "common" not in sys.modules
    assert str(path.parent) not in sys.path


def test_the_line_of_a_failure_is_the_users_innermost(write):
    write("def half(n: int) -> int:\n    return n // 0\n", "maths.py")
    (found,) = refused(write("from maths import half\n\nn = half(3)\n"))
    assert found.code == "S0203"
    assert (found.span.file.endswith("maths.py"), found.span.line) == (True, 2)


def test_the_end_of_python_is_no_end_of_splx(write):
    (found,) = refused(write("import sys\nsys.exit(3)\n"))
    assert "SystemExit: 3" in found.message


def test_mistakes_before_a_failure_are_told_too(write):
    found = refused(write("from splx.scenario import NIC, Periodic\nnic = NIC('n', Periodic(0))\nnic.boom\n"))
    assert [each.code for each in found] == ["S0101", "S0203"]


def test_a_mistake_without_a_line_gets_the_users(write):
    (found,) = refused(write("from splx.scenario import us\n\nT = us('soon')\n"))
    assert (found.code, found.span.line) == ("S0001", 3)


def test_a_text_in_another_encoding_says_so(write, tmp_path):
    (tmp_path / "latin.py").write_bytes("# caf\xe9\n".encode("latin-1"))
    (found,) = refused(tmp_path / "latin.py")
    assert found.code == "S0202"


def test_nothing_of_ours_is_shown(write):
    (found,) = refused(write("from splx.scenario import NIC\nNIC()\n"))
    assert (found.span.file.endswith("nic.py"), found.span.line) == (True, 2)


# ---- parameters

PARAMETERS = """
from splx.scenario import Param, ms
COUNT, PERIOD, FACTOR = Param("count", 3), Param("period", ms(5)), Param("factor", 1.5)
LOUD, WORD = Param("loud", False), Param("word", "net")
"""


def test_parameters_have_their_defaults(write):
    made = load_scenario(write(PARAMETERS + THREAD)).parameters
    assert made == {"count": 3, "period": ms(5), "factor": 1.5, "loud": False, "word": "net"}


def test_settings_are_read_as_what_the_default_is(write):
    texts = {"count": "1_000", "period": "2ms", "factor": "0.5", "loud": "yes", "word": "bio"}
    made = load_scenario(write(PARAMETERS + THREAD), texts).parameters
    assert made == {"count": 1000, "period": ms(2), "factor": 0.5, "loud": True, "word": "bio"}


@pytest.mark.parametrize("setting", [("count", "many"), ("factor", "x"), ("loud", "perhaps"), ("cuont", "3")])
def test_a_setting_that_cannot_be_taken(write, setting):
    (found,) = refused(write(PARAMETERS + THREAD), dict([setting]))
    assert found.code == "S0112"


def test_a_parameter_has_one_default(write):
    found = refused(write("from splx.scenario import Param\nParam('a', 1)\nParam('a', 2)\n" + THREAD))
    assert [each.code for each in found] == ["S0103"]


# ---- other files


def test_a_mechanism_file_is_a_module(write):
    made = load_module(write("X = 3\n", "mine.py"), "mechanism")
    assert (made.X, made.__name__) == (3, "splx_mechanism_mine")
