"""The rules: what an experiment can ask of its curves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from splx.debate.verdict import Curves, Evidence, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from splx.base.student import Spread
    from splx.debate.experiment import Axis

#: Of the greater of the two: a difference that is surely smaller is none.
NEGLIGIBLE = 0.01


def gain(curves: Curves, better: str, worse: str, x: float) -> Spread:
    """By how much `worse` lies above `better` at `x`, seed by seed."""
    return curves[worse].over(curves[better], x)


def sign(curves: Curves, better: str, worse: str, x: float) -> int | None:
    """1 if `better` is surely the smaller at `x`, -1 if surely the greater, 0 if they surely differ by next to nothing;
    None if the seeds do not tell yet.
    """
    by = gain(curves, better, worse, x)
    greatest = max(abs(curves[better].at(x).mean), abs(curves[worse].at(x).mean))
    if by.half is not None and abs(by.mean) + by.half <= NEGLIGIBLE * greatest:
        return 0
    return _apart(by)


def more(curves: Curves, without: str, side: str, x: float) -> int | None:
    """1 if `side` surely measures more at `x`, -1 if surely no more, or more by next to nothing; None if the seeds do
    not tell yet.
    """
    by = gain(curves, without, side, x)
    greatest = max(abs(curves[without].at(x).mean), abs(curves[side].at(x).mean))
    if by.half is not None and by.mean + by.half <= NEGLIGIBLE * greatest:
        return -1
    return 1 if by.apart and by.mean > 0 else None


def less(better: str, *worse: str) -> Rule:
    """The claim that `better` measures less than each of the others."""
    return _less([(better, each) for each in worse], f"`{better}` measures less than {_each(worse)}")


def far_less(times: int, better: str, *worse: str) -> Rule:
    """The claim that `better` measures less than one of so many parts of each of the others."""
    plain = less(better, *worse)

    def scaled(evidence: Evidence) -> Evidence:
        of = evidence.curves[better]
        more = replace(of, values={x: [each * times for each in seeds] for x, seeds in of.values.items()})
        return replace(evidence, curves={**evidence.curves, better: more})

    assert plain.by is not None
    assert plain.against is not None
    by, against = plain.by, plain.against
    return Rule(
        f"{times} times what `{better}` measures is less than {_each(worse)}",
        lambda evidence, x: plain.at(scaled(evidence), x),
        lambda evidence, x: by(scaled(evidence), x),
        lambda evidence, x: against(scaled(evidence), x),
    )


def less_each(*pairs: tuple[str, str]) -> Rule:
    """The claim that the first of each pair measures less than the second."""
    return _less(pairs, ", and ".join(f"`{better}` measures less than `{worse}`" for better, worse in pairs))


def _less(pairs: Sequence[tuple[str, str]], says: str) -> Rule:
    def at(evidence: Evidence, x: float) -> int | None:
        signs = [sign(evidence.curves, *pair, x) for pair in pairs]
        told = [each for each in signs if each is not None]
        return min(told) if -1 in told or told == signs else None

    def by(evidence: Evidence, x: float) -> float:
        return min(gain(evidence.curves, *pair, x).mean for pair in pairs)

    def against(evidence: Evidence, x: float) -> list[str]:
        return [worse for better, worse in pairs if sign(evidence.curves, better, worse, x) in (0, -1)]

    return Rule(says, at, by, against)


def no_more(side: str, *others: str) -> Rule:
    """The claim that `side` measures no more than each of the others."""

    def at(evidence: Evidence, x: float) -> int | None:
        signs = [sign(evidence.curves, side, each, x) for each in others]
        return -1 if -1 in signs else None if None in signs else 1

    def by(evidence: Evidence, x: float) -> float:
        return min(gain(evidence.curves, side, each, x).mean for each in others)

    def against(evidence: Evidence, x: float) -> list[str]:
        return [each for each in others if sign(evidence.curves, side, each, x) == -1]

    return Rule(f"`{side}` measures no more than {_each(others)}", at, by, against)


def below(limit: float, unit: str, *sides: str) -> Rule:
    """The claim that each of these sides measures no more than a number."""

    def over(evidence: Evidence, side: str, x: float) -> int | None:
        at = evidence.curves[side].at(x)
        if at.half is None or abs(at.mean - limit) < at.half:
            return None
        return 1 if at.mean <= limit else -1

    def at(evidence: Evidence, x: float) -> int | None:
        signs = [over(evidence, each, x) for each in sides]
        return -1 if -1 in signs else None if None in signs else 1

    def by(evidence: Evidence, x: float) -> float:
        return limit - max(evidence.curves[each].at(x).mean for each in sides)

    def against(evidence: Evidence, x: float) -> list[str]:
        return [each for each in sides if over(evidence, each, x) == -1]

    what = f"{_and(sides)} {'measures' if len(sides) == 1 else 'measure'} {limit:g} {unit}".rstrip()
    return Rule(f"{what} or less", at, by, against)


def dearer(cures: Mapping[str, Sequence[str]]) -> Rule:
    """The claim that no cure is free: each measures more than what is without, in one of two measures; next to nothing
    more is no more. `cures` names, by what they are a cure of, those that are compared with it.
    """
    pairs = [(without, each) for without, named in cures.items() for each in named]

    def costs(evidence: Evidence, without: str, cure: str, x: float) -> int | None:
        signs = [more(curves, without, cure, x) for curves in (evidence.curves, evidence.second)]
        return 1 if 1 in signs else None if None in signs else -1

    def at(evidence: Evidence, x: float) -> int | None:
        found = [costs(evidence, *pair, x) for pair in pairs]
        return -1 if -1 in found else None if None in found else 1

    def against(evidence: Evidence, x: float) -> list[str]:
        return [cure for without, cure in pairs if costs(evidence, without, cure, x) == -1]

    says = (f"{_each(named)} measures more than `{without}`" for without, named in cures.items())
    return Rule(f"{', and '.join(says)}, in one of the two measures", at, None, against)


def finds(side: str, *others: str) -> Rule:
    """The claim that a search finds something with one side, and with none of the others."""

    def at(evidence: Evidence, x: float) -> int | None:
        found = [evidence.found[each][x] for each in (side, *others)]
        if found[0] is False or True in found[1:]:
            return -1
        return None if None in found else 1

    def against(evidence: Evidence, x: float) -> list[str]:
        silent = [f"{side}, with which nothing is found"] if evidence.found[side][x] is False else []
        return silent + [each for each in others if evidence.found[each][x]]

    nobody = f", and none with {_or(others)}" if others else ""
    return Rule(f"there is an interleaving that goes wrong with `{side}`{nobody}", at, None, against)


def outnumber(sizes: Mapping[str, int], of: str, others: Mapping[str, str]) -> Rule:
    """The claim that a search finds something with each of these sides. `sizes` says of how many things (`of`) each is:
    the verdict is how many of what is varied it takes for n of them. What is said of `others` is a condition if nothing
    is found with these.
    """

    def at(evidence: Evidence, x: float) -> int | None:
        found = [evidence.found[each][x] for each in sizes]
        return -1 if False in found else None if None in found else 1

    def against(evidence: Evidence, x: float) -> list[str]:
        return [each for each in sizes if evidence.found[each][x] is False]

    def words(evidence: Evidence, axis: Axis) -> str:
        met = [says for each, says in others.items() if set(evidence.found[each].values()) == {False}]
        return ", and ".join([_from(evidence, sizes, of, axis), *met])

    return Rule(f"there is an interleaving that goes wrong with {_each(list(sizes))}", at, None, against, words)


def _from(evidence: Evidence, sizes: Mapping[str, int], of: str, axis: Axis) -> str:
    """From how many on something is found: as many more than a side has, if that is one number for all of them; else
    at how many with each.
    """
    found = {each: [x for x in axis.values if evidence.found[each][x]] for each in sizes}
    for more in range(-max(sizes.values()), int(axis.values[-1])):
        if all(found[each] == [x for x in axis.values if x >= size + more] for each, size in sizes.items()):
            return f"{_beyond(more)} or more {axis.name} meet n {of}, which stand {_beyond(more - 1)}"
    at = (f"`{each}` {_or_numbers([axis.text(x) for x in xs])}" for each, xs in found.items())
    return f"{axis.name} are: {'; '.join(at)}"


def _beyond(more: int) -> str:
    """So many more than n."""
    return f"n {'+' if more > 0 else '-'} {abs(more)}" if more else "n"


def _or_numbers(numbers: Sequence[str]) -> str:
    *most, last = numbers
    return f"{', '.join(most)} or {last}" if most else last


def _apart(by: Spread) -> int | None:
    if by.apart:
        return 1 if by.mean > 0 else -1
    return None


def _and(names: Sequence[str]) -> str:
    *most, last = [f"`{each}`" for each in names]
    return f"{', '.join(most)} and {last}" if most else last


def _each(names: Sequence[str]) -> str:
    return _and(names) if len(names) == 1 else f"each of {_and(names)}"


def _or(names: Sequence[str]) -> str:
    *most, last = [f"`{each}`" for each in names]
    return f"{', '.join(most)} or {last}" if most else last
