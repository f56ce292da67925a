"""Cost models: ours are whole and sourced, the user's mistakes are named by their line."""

import re

import pytest

from splx.base.diagnostics import SplxError
from splx.machine.costs import Cost, Transfer
from splx.machine.models import load, load_all, shipped


@pytest.fixture
def model(tmp_path):
    def write(text):
        path = tmp_path / "my.toml"
        path.write_text(text)
        return load(path)

    return write


def complaints(write, text):
    with pytest.raises(SplxError) as caught:
        write(text)
    return [(each.code, each.span.line if each.span else None, each.message) for each in caught.value.diagnostics]


def test_the_machines_that_come_with_splx():
    assert list(shipped()) == ["i486-8259", "ideal", "pentium-apic", "sparc-1993", "x86-2020"]


@pytest.mark.parametrize("name", list(shipped()))
def test_every_figure_of_ours_is_there_and_sourced(name):
    found = load(name)
    assert set(found.costs) == set(Cost) - {Cost.FREE}
    assert set(found.transfers) == set(Transfer)
    assert all(figure.source for figure in [*found.costs.values(), *found.transfers.values()])
    assert found.controller
    assert found.name == name


def test_on_the_ideal_machine_everything_is_free():
    ideal = load("ideal")
    assert {ideal.bake(cost) for cost in Cost} == {0}
    assert {ideal.transfer(kind) for kind in Transfer} == {0}


def test_cycles_are_rounded_once():
    # 33.333333 MHz is a little over 30 ns; 43 cycles of a rounded cycle would be 1290000 all the same, 1000 would not
    i486 = load("i486-8259")
    assert i486.bake(Cost.DIV) == 1290000
    assert i486.cycle.cycles(1000) == 30000000


def test_an_io_apic_drops_an_edge_on_a_masked_pin():
    assert [m.name for m in load_all() if m.edge_lost] == ["pentium-apic"]


def test_a_model_may_hold_only_what_differs(model):
    mine = model('name = "mine"\nfrom = "x86-2020"\n[cost]\ntrap = { ns = 90, source = "measured" }\n')
    assert mine.bake(Cost.TRAP) == 90000
    assert mine.bake(Cost.LOCKED) == load("x86-2020").bake(Cost.LOCKED)
    assert mine.gate_by_priority


def test_amounts_in_cycles_follow_the_clock(model):
    mine = model('name = "mine"\nfrom = "x86-2020"\nclock = "1.25 GHz"\n')
    assert mine.bake(Cost.LOCKED) == 2 * load("x86-2020").bake(Cost.LOCKED)
    assert mine.bake(Cost.DEV_READ) == load("x86-2020").bake(Cost.DEV_READ)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('trap = { cycles = -1, source = "x" }', ("M0006", 4, "`cost.trap` is -1 cycles, less than nothing")),
        ('trap = { ns = 2000000, source = "x" }', ("M0006", 4, "`cost.trap` is 2000000 ns, longer than a millisecond")),
        ('trap = { ns = "much", source = "x" }', ("M0005", 4, "`cost.trap` is `much`, not a number")),
        ('trap = { source = "x" }', ("M0005", 4, "`cost.trap` gives neither cycles nor ns")),
        ('trap = { ns = 1, cycles = 1, source = "x" }', ("M0005", 4, "`cost.trap` gives cycles and ns")),
        ("trap = 5", ("M0005", 4, "`cost.trap` is not a figure")),
        ("trap = { ns = 5 }", ("M0007", 4, "`cost.trap` has no source")),
        ('tarp = { ns = 5, source = "x" }', ("M0004", 4, "`tarp` means nothing here")),
        ('trap = { ps = 5, ns = 5, source = "x" }', ("M0004", 4, "`ps` means nothing here")),
        (
            'locked = { cycles = 1, source = "x" }',
            ("M0008", 4, "`locked` (1 cycles) costs less than `unlocked` (6 cycles)"),
        ),
        ("trap = { ns = 5", ("M0002", 4, "not TOML: unclosed inline table")),
    ],
)
def test_a_bad_figure_is_named_by_its_line(model, line, complaint):
    found = complaints(model, f'name = "mine"\nfrom = "x86-2020"\n[cost]\n{line}\n')
    assert [(code, at, message) for code, at, message in found if message.startswith(complaint[2][:20])] == [complaint]


def test_all_mistakes_are_found_at_once(model):
    found = complaints(model, 'clock = "fast"\n[cost]\nalu = { cycles = 1, source = "x" }\n')
    assert [each for each in found if each[0] != "M0003"] == [("M0005", 1, "the clock `fast` is not a rate")]
    missing = [message for code, _, message in found if code == "M0003"]
    assert "the cost model has no `cost.locked`" in missing
    assert "the cost model has no `transfer.ipi`" in missing
    assert "the cost model has no `controller`" in missing
    assert len(missing) == 2 + 25 + 1 + 4 + 1 + 2


def test_an_absurd_clock(model):
    assert complaints(model, 'name = "m"\nfrom = "ideal"\nclock = "2500 GHz"\n') == [
        ("M0006", 3, "a clock of 2500 GHz")
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('name = 5\nfrom = "ideal"\n', ("M0005", 1, "`name` is not a text")),
        ('name = "m"\nfrom = "ideal"\ncost = 5\n', ("M0005", 3, "`cost` is not a table")),
        (
            'name = "m"\nfrom = "ideal"\n[controller]\nedge_lost = 5\nsource = "x"\n',
            ("M0005", 4, "`controller.edge_lost` is `5`, neither true nor false"),
        ),
    ],
)
def test_a_value_of_another_kind(model, text, complaint):
    (found,) = complaints(model, text)
    assert (found[0], found[1]) == complaint[:2]
    assert found[2].split("`")[-1] == complaint[2].split("`")[-1]


def test_a_model_from_nothing_needs_a_clock(model):
    assert ("M0003", "the cost model has no `clock`") in [(a, c) for a, _, c in complaints(model, 'name = "m"\n')]


def test_an_estimate_says_so():
    found = load("i486-8259")
    assert sum(each.estimated for each in (*found.costs.values(), *found.transfers.values())) == 8


@pytest.mark.parametrize("name", ["i486-8259", "pentium-apic", "sparc-1993", "x86-2020"])
def test_an_estimate_of_ours_says_what_it_is_derived_from(name):
    found = load(name)
    guesses = [each.source for each in (*found.costs.values(), *found.transfers.values()) if each.estimated]
    numbers = re.compile(r"\d|\b(two|three|six|seven|eight|half)\b")
    assert [each for each in guesses if not numbers.search(each)] == []


def test_a_model_is_built_on_ours_only(model):
    assert complaints(model, 'name = "m"\nfrom = "./my.toml"\n') == [("M0001", 2, "no machine is called `./my.toml`")]


def test_an_unknown_machine_is_guessed():
    with pytest.raises(SplxError) as caught:
        load("x86-2002")
    (only,) = caught.value.diagnostics
    assert (only.code, only.help) == ("M0001", "did you mean `x86-2020`?")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SplxError) as caught:
        load(tmp_path / "none.toml")
    assert caught.value.diagnostics[0].code == "M0002"
    assert caught.value.exit == 2


# ---- figures changed where the model is named


def test_figures_can_be_changed_where_the_model_is_named(tmp_path):
    plain, other = load("x86-2020"), load("x86-2020:mask=300ns,remote=1us")
    assert (other.bake(Cost.MASK), other.transfer(Transfer.REMOTE)) == (300_000, 1_000_000)
    assert other.name == "x86-2020:mask=300ns,remote=1us"
    assert {each: figure for each, figure in other.costs.items() if figure != plain.costs[each]}.keys() == {Cost.MASK}
    (tmp_path / "mine.toml").write_text('name = "mine"\ntitle = "mine"\nfrom = "x86-2020"\n')
    assert load(f"{tmp_path}/mine.toml:mask=2us").bake(Cost.MASK) == 2_000_000


@pytest.mark.parametrize(("changes", "code", "says"), [
    ("maks=1us", "M0004", "did you mean `mask`?"),
    ("mask=1s", "M0006", "`mask` is 1s, longer than a millisecond"),
    ("mask=3", "S0001", "has no unit"),
    ("locked=1ps", "M0008", "LOCKED|locked"),
])  # fmt: skip
def test_changes_that_cannot_be(changes, code, says):
    with pytest.raises(SplxError, match=says) as refused:
        load(f"x86-2020:{changes}")
    assert [each.code for each in refused.value.diagnostics] == [code]
