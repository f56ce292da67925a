"""`splx designs --rules`: who may take which lock and sleep where, and what a kernel says to who may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from splx.report.console import put, table
from splx.scenario.calls import How, answer
from splx.scenario.legality import ACTS, PLACES
from splx.scenario.refusals import OWN

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from splx.scenario.design import Design
    from splx.scenario.refusals import Said


#: Calls by which a driver comes to a place, or does what is asked for there, and which some designs refuse altogether.
CALLED = {"unpreempted": "kpreempt_disable", "raised": "splraise", "big": "kernel_lock"}
NO_CALL = "the design refuses the call altogether"


def allowed(design: Design, place: str, act: str) -> str:
    """Whether that may be done there; "-" if a design refuses the call wherever it is made."""
    found = [answer(design, CALLED[each]) for each in (place, act) if each in CALLED]
    if any(each is not None and each.how is How.REFUSED for each in found):
        return "-"
    return "no" if act in design.forbidden.get(place, {}) else "yes"


def show_rules(designs: Mapping[str, Design], console: Console) -> None:
    """Print what is allowed where under each, and of one design with which words the rest is refused."""
    made = table("Who may take what, and sleep where", "design", "place", *ACTS)
    for name, design in designs.items():
        for place in PLACES:
            made.add_row(name, place, *(allowed(design, place, act) for act in ACTS))
        made.add_section()
    put(made, console)
    for words, what in (*PLACES.items(), *ACTS.items(), ("-", NO_CALL)):
        put(f"  {words}: {what}", console)
    if len(designs) == 1:
        (design,) = designs.values()
        put(_refusals(design), console)


def _refusals(design: Design) -> Table:
    made = table(f"What {design.name} says", "ours says", "there it is", "where it is looked for")
    for column in made.columns:
        column.justify, column.no_wrap = "left", False
    for says, theirs in spoken(design):
        made.add_row(says, theirs.text or "-", theirs.when or "on every call")
    return made


def spoken(design: Design) -> Iterator[tuple[str, Said]]:
    """Each message with which a design refuses an act of the table, and what that is in the kernel of its name."""
    for says in dict.fromkeys(says for acts in design.forbidden.values() for says in acts.values()):
        yield says, design.words.get(says, OWN)


def rules_data(designs: Mapping[str, Design]) -> list[dict[str, object]]:
    """The same for `--json`."""
    return [{"name": name, "refused": list(_cells(design))} for name, design in designs.items()]


def _cells(design: Design) -> Iterator[dict[str, str]]:
    for place, acts in design.forbidden.items():
        for act, says in acts.items():
            theirs = design.words.get(says, OWN)
            yield {"place": place, "act": act, "says": says, "there": theirs.text, "when": theirs.when}
