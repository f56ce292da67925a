"""Properties as declared: what they are, and that nothing of a run moves because of them."""

import pytest

from splx.scenario import PerCpu, Scenario, Struct, always, atomic, cpu_number, eventually, i64, never, thread
from splx.scenario.build import build
from splx.scenario.designs import design


class Box(Struct):
    full: i64 = atomic()


class Dial(Struct):
    most: i64 = atomic(7)


class Own(PerCpu):
    depth: i64


box, dial, own = Box(), Dial(), Own()


def fill(n: int) -> None:
    box.full = n
    own.depth = n


def within() -> bool:
    return box.full <= dial.most


def deep() -> bool:
    return own.depth > 1


def somewhere() -> bool:
    return box.full == cpu_number()


def made(**properties):
    with Scenario("box") as scenario:
        thread("filler", cpu=0)(fill)
        for says, func in properties.items():
            {"always": always, "never": never, "eventually": eventually}[says](func)
    return build(scenario, design("netbsd-5"), cpus=2)


def test_a_property_says_when_and_has_its_function_and_line():
    each = made(always=within).properties.each[0]
    assert (each.says.value, each.name, each.function.name) == ("always", "within", "within")
    assert each.span.file == __file__


@pytest.mark.parametrize(("func", "per_cpu"), [(within, False), (deep, True), (somewhere, True)])
def test_what_reads_words_of_its_cpu_is_meant_of_each(func, per_cpu):
    assert made(never=func).properties.each[0].per_cpu is per_cpu


def test_a_system_without_properties_has_none():
    assert made().properties is None


def test_the_kernel_is_the_same_program_whether_somebody_looks_or_not():
    plain, watched = made(), made(never=deep)
    fields = [[insn.machine_fields() for insn in each.image.insns] for each in (plain, watched)]
    assert fields[0] == fields[1]
    assert plain.image.memory == watched.image.memory


def test_what_only_a_property_reads_has_its_place_too():
    image = made(eventually=within).image
    assert image.memory[image.address_of(dial, "most")] == 7
