"""A device of which nothing gets done is explained at its handler; one of which something does is not."""

import pytest

from splx.simulate.setup import Setup

HEAD = "from splx.scenario import *\n\n"
CARD = """
card = NIC("card", Periodic({period}), ring=4{more})
LONG = Constant(us(10))
"""
LOOP = """
@handler(card, IPL_NET)
def intr() -> None:
    item = card.pop()
    while item != 0:
        card.work(item, LONG)
        item = card.pop()
"""
ALL = ("netbsd-2006", "netbsd-2006-deferred", "doran-2006", "netbsd-5", "textbook")


@pytest.fixture
def warned(tmp_path):
    def run(text, design="netbsd-5"):
        path = tmp_path / "it.py"
        path.write_text(HEAD + text)
        result = Setup(str(path), design=design, time=10**9).run()
        return [
            (each.code, each.message, each.label, path.read_text().splitlines()[each.span.line - 1])
            for each in result.warnings
        ]

    return run


@pytest.mark.parametrize("design", ALL)
def test_a_handler_that_never_returns(warned, design):
    ((code, message, label, line),) = warned(CARD.format(period="us(9)", more="") + LOOP, design)
    assert (code, line) == ("W0401", "@handler(card, IPL_NET)")
    assert message.endswith(" items were taken from card, and none is done")
    assert label == "has not returned since it took the first"


def test_nothing_is_said_of_a_handler_that_returns_now_and_then(warned):
    assert warned(CARD.format(period="us(20)", more="") + LOOP) == []


@pytest.mark.parametrize("design", ALL)
def test_a_handler_that_leaves_its_line_asserted(warned, design):
    text = CARD.format(period="us(200)", more="") + "@handler(card, IPL_NET)\ndef intr() -> None:\n    work(us(10))\n"
    ((code, message, label, line),) = warned(text, design)
    assert (code, line) == ("W0402", "@handler(card, IPL_NET)")
    assert message.endswith(" times for 4 items, none of which was taken")
    assert label == "returns with the line asserted, and is called again at once"


def test_an_edge_whose_items_nobody_takes(warned):
    text = (
        CARD.format(period="us(200)", more=", trigger=EDGE")
        + "@handler(card, IPL_NET)\ndef intr() -> None:\n    work(us(1))\n"
    )
    ((code, message, label, _),) = warned(text)
    assert (code, message, label) == (
        "W0401",
        "4 items were ready in card, and none is done",
        "began 4 times, and took none of them",
    )


def test_an_item_that_nobody_says_is_done(warned):
    deferred = LOOP.replace("IPL_NET", "IPL_NET, defer=True")
    ((code, message, label, _),) = warned(CARD.format(period="us(200)", more="") + deferred)
    assert (code, message) == ("W0401", "5 items were taken from card, and none is done")
    assert label == "`defer=True`: somebody has to say of each that it is done"


def test_a_handler_that_never_gets_the_cpu(warned):
    slow = (CARD.format(period="us(100)", more="") + LOOP).replace("card", "slow").replace("IPL_NET", "IPL_BIO")
    found = warned(CARD.format(period="us(9)", more="") + LOOP + slow.replace("intr", "late"), "netbsd-2006")
    assert [each[1:] for each in found[1:]] == [
        ("4 items were ready in slow, and its handler never began", "never began", "@handler(slow, IPL_BIO)")
    ]


def test_a_job_that_does_not_end(warned):
    text = "@periodic(us(200))\ndef job() -> None:\n    work(ms(2))\n"
    assert warned(text) == [
        (
            "W0401",
            "5 items were taken from job, and none is done",
            "each is a job, and none has ended",
            "@periodic(us(200))",
        )
    ]
