"""Tables on terminals of any width: names are cut, numbers never."""

import io

import pytest

from splx.report.console import console_for, put, shortened, table


def shown(made, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    stream = io.StringIO()
    put(made, console_for(stream))
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def devices(*names):
    made = table("Devices", "source", "arrived", "done")
    for name in names:
        made.add_row(name, "12,345,678", "9,876")
    return made


def test_a_table_that_fits_is_as_it_is(monkeypatch):
    assert shown(devices("wm0"), monkeypatch, 40) == [
        "Devices",
        "",
        " source      arrived    done",
        " ───────────────────────────",
        " wm0      12,345,678   9,876",
        "",
    ]


def test_a_long_name_gives_way_to_the_numbers(monkeypatch):
    lines = shown(devices("a-device-of-a-very-long-name-1", "x" * 300), monkeypatch, 40)
    assert lines[2:6] == [
        " source                 arrived    done",
        " ──────────────────────────────────────",
        " a-device-of…ame-1   12,345,678   9,876",
        " xxxxxxxxxxx…xxxxx   12,345,678   9,876",
    ]


def test_columns_that_do_not_fit_stand_below(monkeypatch):
    assert [line for line in shown(devices("wm0"), monkeypatch, 24) if "wm0" in line] == [
        " wm0      12,345,678",
        " wm0      9,876",
    ]


@pytest.mark.parametrize("width", [1, 10, 20, 60])
def test_no_number_is_ever_cut(monkeypatch, width):
    text = "\n".join(shown(devices("a" * 80), monkeypatch, width))
    assert "12,345,678" in text
    assert "9,876" in text


def test_text_is_folded_and_leaves_the_numbers_alone(monkeypatch):
    made = table("Load", "source", "arrived", "how")
    made.columns[2].justify, made.columns[2].no_wrap = "left", False
    made.add_row("x" * 300, "12,345", "at random, 50 us apart on average")
    assert shown(made, monkeypatch, 60)[4:6] == [
        " xxxxxxxxxxxxxxxx…xxxxxxxx    12,345   at random, 50 us",
        "                                       apart on average",
    ]


def test_a_name_with_control_characters_is_no_command_to_the_terminal(monkeypatch):
    assert shown(devices("a\x1b[31mb"), monkeypatch, 60) == shown(devices("a?[31mb"), monkeypatch, 60)


def test_names_are_no_markup(monkeypatch):
    assert any(" intr[net] " in line for line in shown(devices("intr[net]", "[/nope]"), monkeypatch, 60))


def test_short_names_keep_both_ends():
    assert shortened("network-card-12", 10) == "networ…-12"
    assert shortened("wm0", 10) == "wm0"
