"""The answer of a check on the terminal: the sentence, the story in columns, who waits for what, what was seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from splx.base.diagnostics import Diagnostic
from splx.check.limits import End
from splx.check.properties import STANDSTILL, Answer, Stage, of_code, properties
from splx.check.story import story_of
from splx.report.console import put, table
from splx.report.formats import Case, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from splx.check.finding import Finding
    from splx.check.properties import Property
    from splx.check.verdict import Verdict
    from splx.check.verify import Sides
    from splx.check.waits import Graph


def show_verdict(scenario: str, design: str, verdict: Verdict, console: Console, again: str = "") -> None:
    """Print a verdict, and the command to come to it `again`."""
    found = verdict.finding
    if found is not None:
        console.print(f"finding[{found.code}]", style="bold red", markup=False, end="")
        console.print(f": {found.why}", markup=False, soft_wrap=True)
        console.print()
        console.print(story_of(verdict), markup=False, soft_wrap=True)
        _show_waits(found.graph, console)
        _show_place(found, console)
        if found.elsewhere:
            console.print(f"in other runs: {'; '.join(found.elsewhere)}", markup=False, soft_wrap=True)
        console.print(f"the story: {_costs(found)}", soft_wrap=True)
        if found.cycle:
            fewest = "no fair round from there has fewer" if found.shortest else "perhaps not the fewest"
            console.print(f"again and again: {len(found.cycle)} moves, {fewest}", soft_wrap=True)
    elif verdict.holds:
        console.print("holds", style="bold green", end="")
        console.print(f": {scenario} under {design}", markup=False, soft_wrap=True)
    else:
        what = "not all is decided" if verdict.complete else "not all was seen" if verdict.begun else "not begun"
        console.print(what, style="bold yellow", end="")
        console.print(f": nothing wrong so far in {scenario} under {design}", markup=False, soft_wrap=True)
    if others(verdict):
        console.print(others(verdict), markup=False, soft_wrap=True)
    console.print(f"states: {seen(verdict)}", markup=False, soft_wrap=True)
    if verdict.growing:
        console.print(f"growing: {grows(verdict)}", markup=False, soft_wrap=True)
    console.print(f"under:  {'; '.join(verdict.assumptions)}", markup=False, soft_wrap=True)
    if again:
        console.print(f"again:  {again}", markup=False, highlight=False, soft_wrap=True)


def _show_waits(graph: Graph, console: Console) -> None:
    """Who waits for whom, each with the line of the user's in which it stands."""
    if not graph.waits:
        return
    console.print("who waits for whom:")
    wide = max(len(str(each)) for each in graph.waits)
    for each in graph.waits:
        where = "" if each.place is None else f"  {Path(each.place.file).name}:{each.place.line}"
        console.print(f"  {each!s:{wide if where else 0}}{where}", markup=False, highlight=False, soft_wrap=True)
    if graph.circle:
        way = " -> ".join((*graph.circle, graph.circle[0]))
        console.print(f"  a circle: {way}", markup=False, highlight=False, soft_wrap=True)
    console.print()


def _show_place(found: Finding, console: Console) -> None:
    """The lock that it is about, and the line of the user's, if it is said nowhere else."""
    for each in found.about:
        console.print(each, markup=False, highlight=False, soft_wrap=True)
    if found.place is None or found.graph.waits:
        return
    where = f"{Path(found.place.file).name}:{found.place.line}"
    if where not in found.why:
        console.print(f"where: {where}", markup=False, highlight=False, soft_wrap=True)
        console.print()


def show_all(scenario: str, verdicts: Sequence[tuple[str, Verdict]], console: Console) -> None:
    """Print what is known of each property under each design, then a line for each that does not hold."""
    made = table(f"{scenario} under every kernel", "", *(design for design, _ in verdicts))
    for name in verdicts[0][1].answers:
        made.add_row(name, *(_short(verdict.answers[name]) for _, verdict in verdicts))
    made.rows[-1].end_section = True
    made.add_row("states", *(f"{verdict.counts.states:,}" if verdict.begun else "-" for _, verdict in verdicts))
    made.add_row("", *(_of_all(verdict) for _, verdict in verdicts))
    put(made, console)
    for design, verdict in verdicts:
        if verdict.finding is not None:
            console.print(f"{design}: {in_a_line(verdict.finding)}", markup=False, soft_wrap=True)
        if verdict.cut:
            console.print(f"{design}: {_cut(verdict)}", markup=False, soft_wrap=True)
        if verdict.growing:
            console.print(f"{design}: growing: {grows(verdict)}", markup=False, soft_wrap=True)
    console.print(f"under: {'; '.join(verdicts[0][1].assumptions)}", markup=False, soft_wrap=True)


def in_a_line(found: Finding) -> str:
    """A finding without its story: what it is, and the locks that it is about."""
    return "; ".join((f"{found.code}: {found.why}", *found.about))


def _of_all(verdict: Verdict) -> str:
    """Whether all states were seen."""
    return "all" if verdict.complete else "not all" if verdict.begun else "not begun"


def _short(answer: Answer) -> Text:
    """An answer in a cell."""
    words = {Answer.FOUND: ("found", "bold red"), Answer.HOLDS: ("holds", "green"), Answer.OPEN: ("-", "")}
    return Text(*words[answer])


def cases_of(verdict: Verdict, suite: str, file: str, command: str, replay: str | None = None) -> list[Case]:
    """A verdict for other programs: a case for each property. `suite` names what was checked, `file` is the scenario,
    `command` comes to the same answer, `replay` shows the finding.
    """
    nothing = Outcome.OPEN if verdict.begun else Outcome.SKIPPED
    outcomes = {Answer.FOUND: Outcome.FOUND, Answer.HOLDS: Outcome.HOLDS, Answer.OPEN: nothing}
    ended = verdict.finding is not None and verdict.end is not End.CUT
    left = "a finding ended the search" if ended else f"not all was seen: {seen(verdict)}"
    left += f"; growing: {grows(verdict)}" if verdict.growing else ""
    left = left if verdict.begun else "it was not begun"
    seconds, besides = verdict.seconds / len(verdict.answers), found_besides(verdict)

    def case(name: str, answer: Answer) -> Case:
        if name in besides:
            return Case(suite, name, Outcome.BESIDES, file, seconds, None, _told_with(verdict, name), command)
        found = _found(verdict, name, command, replay) if answer is Answer.FOUND else None
        return Case(suite, name, outcomes[answer], file, seconds, found, left, command)

    return [case(name, answer) for name, answer in verdict.answers.items()]


def _found(verdict: Verdict, name: str, command: str, replay: str | None) -> Diagnostic:
    """The finding with its story; where there is none, that a property does not hold."""
    if verdict.finding is not None:
        return diagnostic_of(verdict, replay or command)
    code = next(each.code for each in properties() if each.name == name)
    own = f"`--property {name}` tells the story"
    return Diagnostic(code, f"{name} does not hold", verdict.places.get(name), help=own, again=command)


def _told_with(verdict: Verdict, name: str) -> str:
    assert verdict.finding is not None
    main, place = of_code(verdict.finding.code).name, verdict.places.get(name)
    at = f" ({Path(place.file).name}:{place.line})" if place is not None else ""
    return f"it does not hold either{at}: found besides {main}, whose story is told; `--property {name}` tells its own"


def _costs(found: Finding) -> str:
    """What its story costs, and whether that is the least if nobody knows."""
    text = f"CPU switches and arrivals {found.cost}, moves {len(found.moves)}"
    return text if found.cheapest else f"{text}, perhaps not the fewest: the search for the cheapest way did not end"


def diagnostic_of(verdict: Verdict, again: str | None = None) -> Diagnostic:
    """The finding of a verdict, at the user's line, with its story."""
    found = verdict.finding
    assert found is not None
    story = _costs(found)
    notes = (
        *found.about,
        *(str(each) for each in found.graph.waits),
        story,
        *([f"also found: {', '.join(found_besides(verdict))}"] if found_besides(verdict) else []),
        f"under: {'; '.join(verdict.assumptions)}",
    )
    return Diagnostic(found.code, found.why, found.place, notes=notes, body=story_of(verdict), again=again)


def show_properties(properties: Sequence[Property], console: Console) -> None:
    """Print what is looked for."""
    made = table("Properties", "name", "code", "what holds")
    for each in properties:
        asked = " (only if asked for)" if each.on_demand else ""
        made.add_row(each.name, each.code, Text(each.meaning + asked, overflow="fold"))
    for column in made.columns[1:]:
        column.justify = "left"
    made.columns[-1].no_wrap = False
    console.print(made)


def others(verdict: Verdict) -> str:
    """What else does not hold, and what nobody knows, in words; empty if there is neither."""
    found = found_besides(verdict)
    left = [name for name, answer in verdict.answers.items() if answer is Answer.OPEN]
    words = [f"also found: {', '.join(found)}"] if found else []
    if verdict.finding is not None and left:
        words.append(f"not decided: {', '.join(left)}")
    elif verdict.by_cost and not verdict.complete and verdict.begun:
        graph = {each.name for each in properties() if each.stage is Stage.GRAPH and each is not STANDSTILL}
        left = [each for each in left if each in graph]
        words += [f"not looked for, as that takes all states: {', '.join(left)}"] if left else []
    return "; ".join(words)


def found_besides(verdict: Verdict) -> list[str]:
    """The names of what does not hold either, where a story is told: as a rule one mistake shows in several ways."""
    if verdict.finding is None:
        return []
    main = of_code(verdict.finding.code).name
    return [name for name, answer in verdict.answers.items() if answer is Answer.FOUND and name != main]


def show_sides(scenario: str, design: str, sides: Sides, console: Console) -> None:
    """Print a search as asked beside the same with every instruction a step."""
    made = table(f"{scenario} under {design}", "", "states", "moves", "at rest", "seen")
    for name, each in (("as asked", sides.asked), ("step by step", sides.single)):
        counts, all_ = each.counts, "all" if each.complete else "not all"
        made.add_row(name, f"{counts.states:,}", f"{counts.edges:,}", f"{counts.dead:,}", all_)
    put(made, console)
    found = [name for name, answer in sides.asked.answers.items() if answer is Answer.FOUND]
    what = "nothing is known: one of them did not come to its end"
    if not sides.compared:
        what = "nothing is known: their standstills were not looked for to the end"
    if sides.complete:
        same = (
            "the same states at rest" if sides.asked.complete and sides.single.complete else "the same kind of finding"
        )
        agree = f"both find {', '.join(found) if found else 'nothing'}, and have {same}"
        what = f"they differ: {'; '.join(sides.differences)}" if sides.differences else agree
    console.print(what, markup=False, soft_wrap=True)


def seen(verdict: Verdict) -> str:
    """How much was seen."""
    counts = verdict.counts
    if not verdict.begun:
        return "none: it was not begun"
    found = verdict.end is End.FOUND or (verdict.finding is not None and verdict.end is None)
    if verdict.by_cost and found and not verdict.complete:
        return f"{counts.states:,} (up to the finding), the cheapest runs first"
    if verdict.complete or found:
        all_ = "all" if verdict.complete else "up to the finding"
        return f"{counts.states:,} ({all_}), {counts.edges:,} moves between them, up to {counts.depth:,} in a row"
    assert verdict.end is not None
    if verdict.end is End.NUMBERS:
        why = f"not all: {verdict.end.value}, as {verdict.numbered}"
        return f"{counts.states:,} ({why}), {counts.edges:,} moves between them, up to {counts.depth:,} in a row"
    if verdict.end is End.CUT:
        why = f"not all: {_cut(verdict)}"
        return f"{counts.states:,} ({why}), {counts.edges:,} moves between them, up to {counts.depth:,} in a row"
    cut = f"; {_cut(verdict)}" if verdict.cut else ""
    if verdict.by_cost:
        through = f"with at most {verdict.through:,} CPU switches and arrivals"
        runs = (f"every run {through} was seen" if verdict.through >= 0 else "of no cost was every run seen") + cut
        return f"{counts.states:,} (not all: {verdict.end.value}); {runs}"
    runs = f"every run of up to {counts.depth:,} moves was seen{cut}"
    return f"{counts.states:,} (not all: {verdict.end.value}), {counts.edges:,} moves between them; {runs}"


def _cut(verdict: Verdict) -> str:
    """That runs ended at a broken rule, where, and what tells of it."""
    return f"{End.CUT.value}, first {verdict.cut}: add `--property rules`"


def grows(verdict: Verdict) -> str:
    """What had ever new values when a search gave up, and what can be done about it."""
    what = []
    for each in verdict.growing:
        at = f" ({Path(each.place.file).name}:{each.place.line})" if each.place else ""
        name = each.name if each.is_word else f"a local variable of {each.name}{at}"
        what.append(f"{name} had {each.values:,} values or more, and new ones to the last")
    budget = ", or bound what it counts with `--budget DEVICE=N`" if verdict.system.devices else ""
    ways_out = f"count in a `Statistic`, or keep it small: `% 8`{budget}"
    return f"{'; '.join(what)}. What grows for ever makes ever new states: {ways_out}"
