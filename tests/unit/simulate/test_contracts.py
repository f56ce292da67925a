"""What functions ask of their callers, and fields of those who use them: `@level`, `@context`, `guarded_by`.

The smallest scenario for each, under every design: what is certain is refused when the system is built, the rest is a
finding at the user's own line, when it happens.
"""

import re
from pathlib import Path

import pytest

from splx.base.diagnostics import Findings, SplxError
from splx.scenario import load_scenario
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.simulate import simulate
from splx.simulate.setup import Setup

DESIGNS = ("netbsd-2006", "netbsd-2006-deferred", "doran-2006", "netbsd-5", "textbook")

HEAD = """from collections.abc import Callable

from splx.scenario import *

nic = NIC("nic0", Periodic(us(100)))
lock = Mutex("stats", IPL_NET)
table = Mutex("table")


class Ring(Struct):
    head: i64 = guarded_by("lock")
    size: i64


class Hook(Struct):
    call: Callable[[int], None]


class Big(Struct):
    count: i64 = guarded_by("kernel_lock")


class Own(Struct):
    guard: Mutex
    count: i64 = guarded_by("guard")
    many: Array[i64] = array(4, guarded_by("guard"))


class Word(Struct):
    busy: i64 = atomic()
    count: i64 = guarded_by("busy")


ring = Ring()
big = Big()
own = Own(guard=table)
word = Word()


@level(IPL_NET)
def put(n: int) -> None:
    ring.size += n


@context(THREAD)
def refill(n: int) -> None:
    ring.size += n


@context(HARDINT, SOFTINT)
def drain(n: int) -> None:
    ring.size += n


raised = Hook(call=put)
threads = Hook(call=refill)
drains = Hook(call=drain)


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()
"""


@pytest.fixture
def made(tmp_path):
    def write(text):
        path = tmp_path / "it.py"
        path.write_text(HEAD + text)
        return str(path)

    return write


def run(path, design, **how):
    return Setup(path, design=design, time=10**9, engine="plain", **how).run()


def finding(path, design, **how):
    with pytest.raises(Findings) as caught:
        run(path, design, **how)
    (only,) = caught.value.diagnostics
    assert only.code == "K0001"
    return only.message, line(only.span)


def line(span):
    return Path(span.file).read_text().splitlines()[span.line - 1].strip()


def refusal(path, name="netbsd-5"):
    with pytest.raises(SplxError) as caught:
        build(load_scenario(path), design(name))
    return [(each.code, line(each.span)) for each in caught.value.diagnostics]


# ---- level


@pytest.mark.parametrize("design", DESIGNS)
def test_a_call_below_the_level_that_the_callee_asks_for(made, design):
    path = made('@thread("t")\ndef t() -> None:\n    s = splsoftnet()\n    put(1)\n    splx(s)\n')
    assert finding(path, design) == ("called below the level of its contract", "put(1)")


def test_the_contract_is_shown_beside_the_call(made):
    path = made('@thread("t")\ndef t() -> None:\n    s = splsoftnet()\n    put(1)\n    splx(s)\n')
    with pytest.raises(Findings) as caught:
        run(path, "netbsd-5")
    ((where, what),) = caught.value.diagnostics[0].related
    assert (line(where), what) == ("@level(IPL_NET)", "its contract")


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("call", ["splnet()", "splhigh()"])
def test_a_call_at_the_level_or_above_it_is_right(made, design, call):
    run(made(f'@thread("t")\ndef t() -> None:\n    s = {call}\n    put(1)\n    splx(s)\n'), design)


@pytest.mark.parametrize("design", DESIGNS)
def test_a_call_through_a_function_value_is_asserted_as_well(made, design):
    path = made('@thread("t")\ndef t() -> None:\n    raised.call(1)\n')
    assert finding(path, design) == ("called below the level of its contract", "raised.call(1)")


@pytest.mark.parametrize("design", DESIGNS)
def test_a_handler_is_at_its_level(made, design):
    run(made("    put(1)\n"), design)


def test_a_call_before_any_that_may_raise_the_level_is_refused(made):
    assert refusal(made('def f() -> None:\n    put(1)\n\n@thread("t")\ndef t() -> None:\n    f()\n')) == [
        ("S0119", "put(1)")
    ]


# ---- context


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("    threads.call(1)\n", "called in a hard interrupt, which its contract excludes"),
        (
            "    softint_schedule(soft)\n\n@softint(IPL_SOFTSERIAL)\ndef soft() -> None:\n    threads.call(1)\n",
            "called in a soft interrupt, which its contract excludes",
        ),
        (
            '    pass\n\n@thread("t")\ndef t() -> None:\n    drains.call(1)\n',
            "called in a thread, which its contract excludes",
        ),
    ],
    ids=["hard", "soft", "thread"],
)
def test_a_call_through_a_function_value_in_a_context_that_is_excluded(made, design, text, message):
    path = made(text)
    assert finding(path, design) == (message, re.search(r"\w+\.call\(1\)", text)[0])


@pytest.mark.parametrize("design", DESIGNS)
def test_a_call_in_a_context_that_is_allowed_is_right(made, design):
    text = "    drains.call(1)\n    softint_schedule(soft)\n\n@softint\ndef soft() -> None:\n    drains.call(1)\n"
    run(
        made(text.replace("@softint\n", "@softint()\n") + '\n@thread("t")\ndef t() -> None:\n    threads.call(1)\n'),
        design,
    )


@pytest.mark.parametrize("name", DESIGNS)
def test_a_direct_call_in_a_context_that_is_excluded_is_refused(made, name):
    assert refusal(made("    refill(1)\n"), name) == [("L0301", "refill(1)")]


def test_so_is_one_in_a_function_that_the_handler_calls(made):
    path = made("    deeper()\n\n\ndef deeper() -> None:\n    refill(1)\n")
    assert refusal(path) == [("L0301", "refill(1)")]


@pytest.mark.parametrize("above", ["handler", "contract"])
def test_a_decorator_counts_above_another_and_below_it(made, above):
    both = ["@handler(other, IPL_NET)\n", "@context(THREAD)\n"]
    text = "".join(both if above == "handler" else both[::-1])
    path = made(f'\nother = NIC("nic1", Periodic(us(100)))\n\n{text}def other_intr() -> None:\n    other.pop()\n')
    assert refusal(path) == [("S0118", "@handler(other, IPL_NET)")]


# ---- guarded_by


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize(
    "use", ["ring.head = 1", "ring.head += 1", "ring.size = ring.head", "if ring.head != 0:\n        pass"]
)
def test_a_use_without_the_lock(made, design, use):
    path = made(f'@thread("t")\ndef t() -> None:\n    {use}\n')
    assert finding(path, design) == ("`Ring.head` is used, and `lock` is not held", use.split("\n")[0])


@pytest.mark.parametrize("design", DESIGNS)
def test_a_use_with_the_lock_is_right(made, design):
    use = "    with lock:\n        ring.head += 1\n"
    run(made(f'{use}\n@thread("t")\ndef t() -> None:\n{use}'), design)


@pytest.mark.parametrize("design", DESIGNS)
def test_a_use_under_another_lock(made, design):
    path = made('@thread("t")\ndef t() -> None:\n    with table:\n        ring.head += 1\n')
    assert finding(path, design) == ("`Ring.head` is used, and `lock` is not held", "ring.head += 1")


@pytest.mark.parametrize("design", DESIGNS)
def test_a_lock_that_another_thread_holds_is_not_held(made, design):
    text = """
@thread("holder", priority=PRI_USER, cpu=0)
def holder() -> None:
    with table:
        work(us(900))

@thread("other", priority=PRI_USER, cpu=1)
def other() -> None:
    work(us(200))
    own.count += 1
"""
    assert finding(made(text), design, cpus=2) == ("`Own.count` is used, and `guard` is not held", "own.count += 1")


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("field", ["count", "many[2]"])
def test_a_lock_in_the_struct_itself(made, design, field):
    text = '@thread("t")\ndef t() -> None:\n    with own.guard:\n        own.{0} = 1\n    {1}own.{0} = 2\n'
    run(made(text.format(field, "pass  # ")), design)
    name = field.partition("[")[0]
    assert finding(made(text.format(field, "")), design) == (
        f"`Own.{name}` is used, and `guard` is not held",
        f"own.{field} = 2",
    )


@pytest.mark.parametrize("design", DESIGNS)
def test_a_word_that_is_not_zero_while_it_is_held(made, design):
    text = '@thread("t")\ndef t() -> None:\n    word.busy = 1\n    word.count = 1\n    word.busy = 0\n    {}\n'
    run(made(text.format("pass")), design)
    assert finding(made(text.format("word.count = 2")), design)[1] == "word.count = 2"


@pytest.mark.parametrize("design", [each for each in DESIGNS if each != "textbook"])
def test_the_big_lock(made, design):
    text = '@thread("t")\ndef t() -> None:\n    kernel_lock()\n    big.count = 1\n    kernel_unlock()\n    {}\n'
    run(made(text.format("pass")), design)
    message = "`Big.count` is used, and `kernel_lock` is not held"
    assert finding(made(text.format("big.count = 2")), design) == (message, "big.count = 2")


def test_what_is_asserted_costs_nothing(made, tmp_path):
    """Cycle for cycle, account for account, the same run as without a contract and a guard."""
    text = """    with lock:
        put(1)
        ring.head += 1

@thread("t")
def t() -> None:
    while True:
        with lock:
            ring.head -= 1
        s = splnet()
        put(2)
        splx(s)
"""
    with_them = made(text)
    without = tmp_path / "without.py"
    plain = re.sub(r"^@(level|context)\(.*\)\n", "", HEAD + text, flags=re.MULTILINE)
    without.write_text(re.sub(r"guarded_by\([^)]*\)", "0", plain))
    for name in DESIGNS:
        one, other = (
            simulate(build(load_scenario(str(each)), design(name)), time=10**9, seed=1) for each in (with_them, without)
        )
        assert [each.accounts for each in one.cpus] == [each.accounts for each in other.cpus]
        assert one.sources == other.sources


def test_a_property_only_looks_on_and_needs_no_lock(made):
    path = made("\n\n@always\ndef few() -> bool:\n    return ring.head < 3\n")
    watch = build(load_scenario(path), design("netbsd-5")).properties
    assert [each.op for each in watch.program.insns if each.assertion] == []
