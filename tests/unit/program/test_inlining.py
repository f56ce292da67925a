"""Small leaves become part of their callers, and every instruction still knows its line and the way to it."""

from __future__ import annotations

from tests.unit.program import listed
from tests.unit.program.listed import code

from splx.base.diagnostics import source_line
from splx.lang.kernel import Struct, account, i64, inline, noinline
from splx.machine.costs import Account
from splx.program.link import Options, link


class Box(Struct):
    word: i64
    other: i64


box = Box()


@account("level")
def read(b: Box) -> int:
    return b.word


@account("lock")
def middle(b: Box) -> int:
    return read(b) + 1


def outer() -> int:
    return middle(box) * 3


@inline
def calls_on(b: Box) -> int:
    return big(b)


@noinline
def big(b: Box) -> int:
    return b.other


def through_inline() -> int:
    return calls_on(box)


def is_set(b: Box) -> bool:
    if b.word == 0:
        return False
    return b.other != 3


def with_test(b: Box) -> int:
    if is_set(b):
        return 1
    return 2


def assigns(n: int) -> int:
    n += 1
    return n


def keeps_its_argument(a: int) -> int:
    return assigns(a) + a


def holds(b: Box) -> bool:
    return b.word != 0


def asserts_not(b: Box) -> None:
    assert not holds(b), "a comparison, told the other way round"


@inline
def takes_nothing(b: Box) -> bool:
    return False


def undoes(b: Box) -> None:
    took = takes_nothing(b)
    if b.word == 0:
        b.word = 1
    if took:
        b.other = 0


def goes_back(b: Box, again: int) -> None:
    first = again
    while b.word != first:
        b.word = b.other
        again = b.word


def test_a_static_argument_becomes_an_address_in_the_inlined_code():
    assert code(link([outer]), "outer") == ["LD r0, [8]", "ADD r0, r0, #1", "MUL r0, r0, #3", "RET r1"]


def test_each_instruction_shows_its_own_line_and_the_calls_it_came_through():
    image = link([outer])
    names = [name for name, _ in image.where(image.find("outer").start)]
    lines = [source_line(span.file, span.line).strip() for _, span in image.where(image.find("outer").start)]
    assert names == ["read", "middle", "outer"]
    assert lines == ["return b.word", "return read(b) + 1", "return middle(box) * 3"]


def test_the_account_is_that_of_the_function_whose_text_it_is():
    image = link([outer])
    start = image.find("outer").start
    assert [image.insns[start + n].acct for n in range(4)] == [
        Account.LEVEL,
        Account.LOCK,
        Account.CONTEXT,
        Account.CONTEXT,
    ]


def test_what_is_marked_is_inlined_or_not_whatever_its_size():
    image = link([through_inline], options=Options(inline_limit=1000))
    assert [each.name for each in image.functions] == ["through_inline", "big"]


def test_with_a_limit_of_0_only_marked_functions_are_inlined():
    image = link([outer], options=Options(inline_limit=0))
    assert [each.name for each in image.functions] == ["outer", "middle", "read"]


def test_a_truth_value_that_is_tested_branches_from_each_return():
    assert code(link([with_test]), "with_test") == [
        "LD r2, [r0+0]", "BEQ r2, #0, ->6", "LD r0, [r0+1]", "BEQ r0, #3, ->6", "MOV r0, #1", "RET r1", "MOV r0, #2",
        "RET r1",
    ]  # fmt: skip


def test_a_parameter_that_is_assigned_to_is_a_copy():
    assert code(link([keeps_its_argument]), "keeps_its_argument") == ["ADD r2, r0, #1", "ADD r0, r2, r0", "RET r1"]


def test_heads_of_inlined_functions_are_gone():
    assert list(listed.heads(link([outer]))) == ["outer"]


def test_an_asserted_comparison_is_one_instruction_wherever_it_was_made():
    assert code(link([asserts_not]), "asserts_not") == ["LD r0, [r0+0]", "AEQ r0, #0", "RET r1"]


def test_what_an_inlined_function_decides_for_good_needs_no_branch_however_far_away():
    assert code(link([undoes]), "undoes") == ["LD r2, [r0+0]", "BNE r2, #0, ->3", "ST [r0+0], #1", "RET r1"]


def test_a_copy_of_what_is_written_again_stays_a_copy():
    assert "MOV r3, r1" in code(link([goes_back]), "goes_back")
