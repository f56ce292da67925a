"""`splx designs --calls`: what becomes of each call of the driver-kernel interface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from splx.report.console import put, table
from splx.scenario.calls import CALLS, How, answers

if TYPE_CHECKING:
    from rich.console import Console

    from splx.scenario.design import Design

MEANING = {
    How.OWN: "the kernel has it, perhaps by another name",
    How.OURS: "it has none, and what happens means the same",
    How.INSTEAD: "it has none, and something else happens: a warning at the line (W0302)",
    How.REFUSED: "nothing here is what it means: the line is refused (S0303), unless it is said to be `optional`",
}


def show_calls(designs: Mapping[str, Design], console: Console) -> None:
    """Print every answer of one design with its reason; of several which calls they do not have."""
    if len(designs) == 1:
        (design,) = designs.values()
        made = table(f"Calls under {design.name}", "call", "answer", "why")
        made.columns[1].justify = made.columns[2].justify = "left"
        made.columns[2].no_wrap = False
        for call, answer in answers(design):
            made.add_row(call, answer.how.value, answer.why)
    else:
        made = table("Calls", "design", *(each.value for each in How))
        for column in made.columns[1:]:
            column.justify, column.no_wrap = "left", False
        for name, design in designs.items():
            own, *others = (_named(design, how) for how in How)
            made.add_row(name, str(len(own)), *(", ".join(each) or "-" for each in others))
    put(made, console)
    for how, says in MEANING.items():
        put(f"  {how.value}: {says}", console)


def _named(design: Design, how: How) -> list[str]:
    return [call for call, answer in answers(design) if answer.how is how]


def calls_data(designs: Mapping[str, Design]) -> list[dict[str, object]]:
    """The same for `--json`."""
    return [
        {
            "name": name,
            "calls": {
                call: {"answer": answer.how.value, "why": answer.why, "also": list(CALLS[call])}
                for call, answer in answers(design)
            },
        }
        for name, design in designs.items()
    ]
