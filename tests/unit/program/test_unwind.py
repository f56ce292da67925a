"""From a context's registers back to the calls that it is in."""

from __future__ import annotations

from splx.lang.kernel import Struct, entry, i64, noinline
from splx.program.link import link


class Box(Struct):
    word: i64


box = Box()


def small(b: Box) -> int:
    return b.word


@noinline
def inner(b: Box) -> int:
    return small(b) + 1


@entry
def thread(arg: int) -> None:
    box.word = inner(box)


def test_the_calls_of_a_context_through_inlined_and_real_ones():
    image = link([thread])
    main, called = image.find("thread"), image.find("inner")
    call = next(pc for pc in range(main.start, main.end) if image.insns[pc].op == "CALL")
    regs = [0] * image.regs
    regs[called.link] = call + 1
    assert [name for name, _ in image.unwind(called.start, regs)] == ["small", "inner", "thread"]
    assert [name for name, _ in image.unwind(main.start, regs)] == ["thread"]


def test_a_function_that_nobody_called_has_no_caller():
    image = link([inner])
    assert [name for name, _ in image.unwind(image.find("inner").start, [0] * image.regs)] == ["small", "inner"]
