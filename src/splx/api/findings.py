"""The file of a finding: how the system was made, and the moves. It is all that a replay needs, and a test case."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from splx import __version__
from splx.api.forms import wrongs
from splx.base.diagnostics import Diagnostic, SplxError
from splx.check import codes
from splx.check.loading import Bounds
from splx.machine.models import with_path
from splx.scenario.load import find_scenario, scenario_from
from splx.simulate.setup import Setup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from splx.check.finding import Finding
    from splx.check.numbered import Numbered
    from splx.check.verdict import Verdict
    from splx.check.waits import Wait
    from splx.scenario.system import System

FORMAT = "splx finding 1"
OF_A_RUN = ("time", "seed", "engine")  # what decides nothing here


def text_of(setup: Setup, verdict: Verdict, beside: Path | None = None, again: str = "") -> str:
    """The text of the file, whose folder is `beside`; also what `--json` prints, with a finding or without: then with
    the command to come to it `again`.
    """
    found = verdict.finding
    if beside is not None:
        setup = setup.with_(
            scenario=_from(setup.scenario, beside),
            machine=with_path(setup.machine, lambda path: _from(path, beside)),
            mechanisms=tuple(_from(each, beside) for each in setup.mechanisms),
        )  # fmt: skip
    return json.dumps(
        {
            "format": FORMAT,
            "splx": __version__,
            **({} if beside else {"scenario_file": str(find_scenario(setup.scenario).absolute())}),
            **({"kernel": setup.kernel, "again": again} if again else {}),
            "setup": {key: value for key, value in asdict(setup).items() if key not in OF_A_RUN},
            "bounds": asdict(verdict.bounds),
            "verdict": _in_short(verdict),
            "complete": verdict.complete,
            "end": verdict.end.name.lower() if verdict.end else None,
            **({"cut": verdict.cut} if verdict.cut else {}),
            "memory": verdict.memory,
            "through_cost": verdict.through if verdict.by_cost else None,
            "states": verdict.counts.states,
            "edges": verdict.counts.edges,
            "dead": verdict.counts.dead,
            "depth": verdict.counts.depth,
            "seconds": round(verdict.seconds, 3),
            "bytes_per_state": round(verdict.bytes_per_state, 1),
            "assumptions": list(verdict.assumptions),
            **({"state": verdict.explained.to_json()} if verdict.explained else {}),
            "growing": [{"name": each.name, "values": each.values} for each in verdict.growing],
            **({"numbered": _numbered(verdict.numbered)} if verdict.numbered else {}),
            "properties": {name: answer.value for name, answer in verdict.answers.items()},
            "finding": None if found is None else {
                "code": found.code, "why": found.why, "cost": found.cost, "moves": list(found.moves),
                "cycle": list(found.cycle), "shortest": found.shortest, "program": program_of(verdict.system),
                "stuck": [{"who": each.group.name, "how": each.how, "on": each.on} for each in found.stuck],
                "waits": [_wait(each) for each in found.graph.waits], "circle": list(found.graph.circle),
                "about": list(found.about), "elsewhere": list(found.elsewhere), **_where(found, beside),
                "seal": seal_of(
                    verdict.bounds, found.code, found.why, found.cost, found.moves, found.cycle
                ),
            },
        },
        indent=1,
    ) + "\n"  # fmt: skip


def _numbered(told: Numbered) -> dict[str, object]:
    return {"devices": list(told.devices), "file": str(told.place.file), "line": told.place.line}


def _in_short(verdict: Verdict) -> str:
    if verdict.finding is not None:
        return "finding"
    return "holds" if verdict.holds else "gave up" if verdict.begun else "not begun"


def seal_of(bounds: Bounds, code: str, why: str, cost: int, *rows: Sequence[int]) -> str:
    """What holds a sentence, its bounds and its moves together: without it nobody has judged what the moves come to."""
    within = json.dumps(asdict(bounds), sort_keys=True)
    return hashlib.sha256(repr((within, code, why, cost, *map(tuple, rows))).encode()).hexdigest()


def is_sealed(found: Mapping[str, Any], bounds: Bounds) -> bool:
    """Whether a finding says what was found, within the bounds in which it was."""
    rows = (found["moves"], found.get("cycle", ()))
    return found.get("seal") == seal_of(bounds, found["code"], found["why"], found.get("cost", -1), *rows)


def program_of(system: System) -> str:
    """What makes moves mean what they mean, in short: every instruction, those of properties, memory as it begins."""
    said = system.properties.program if system.properties else None
    insns = [*system.image.insns, *(said.insns if said else ())]
    return hashlib.sha256(repr(([each.machine_fields() for each in insns], system.image.memory)).encode()).hexdigest()


def see_the_program(path: str | Path, found: Mapping[str, Any], system: System) -> None:
    """SplxError S0606 if the program is not the one in which the finding was made: its moves say nothing of it."""
    if found.get("program", "") != program_of(system):
        raise SplxError(
            Diagnostic(
                codes.CHANGED, f"`{path}` is of a program that is another one today",
                help="search again: `splx replay --expect found`, or `splx check`",
                notes=("scenario, kernel, parameters or splx have changed since, so its moves mean nothing now",),
            )
        )  # fmt: skip


def _from(path: str, folder: Path) -> str:
    """A user's file as seen from a folder, with which it can be moved; the name of what comes with splx as it is."""
    return os.path.relpath(path, folder).replace(os.sep, "/") if Path(path).exists() else path


def _where(found: Finding, beside: Path | None) -> dict[str, Any]:
    """The line of the user's that `where:` names, if there is one."""
    if found.place is None:
        return {}
    file = found.place.file
    return {"where": {"file": file if beside is None else _from(file, beside), "line": found.place.line}}


def _wait(wait: Wait) -> dict[str, Any]:
    """Who waits for whom. Names that are not known are empty."""
    at = {} if wait.place is None else {"file": wait.place.file, "line": wait.place.line}
    return {"who": wait.who, "how": wait.how, "on": wait.on, "whom": wait.whom, "bond": wait.bond, **at}


def read_finding(path: str | Path) -> tuple[Setup, Bounds, dict[str, Any]]:
    """What a file of a finding says. SplxError S0601 if it is none, and S0604 for bounds that cannot be."""
    try:
        data = json.loads(Path(path).read_text())
    except OSError as error:
        raise SplxError(Diagnostic(codes.FILE, f"`{path}` cannot be read: {error.strerror}")) from None
    except (ValueError, RecursionError) as error:
        raise no_finding(path, str(error)) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT or not data.get("finding"):
        raise SplxError(
            Diagnostic(codes.FILE, f"`{path}` is no finding", help="save one with `splx check --save FILE`")
        )
    wrong = next(wrongs(data), None)
    if wrong is not None:
        raise no_finding(path, wrong)
    known = {each.name for each in fields(Setup)}
    given = {key: _tuples(value) for key, value in data["setup"].items() if key in known}
    setup = seen_from(Path(path).parent, Setup(**given))
    bounds = {key: _tuples(value) for key, value in data["bounds"].items()}
    return setup, Bounds(**bounds), data["finding"]


def no_finding(path: str | Path, why: str) -> SplxError:
    """The refusal of a file."""
    return SplxError(
        Diagnostic(codes.FILE, f"`{path}` is no finding: {why}", help="save it anew with `splx check --save`")
    )


def seen_from(folder: Path, setup: Setup) -> Setup:
    """A setup whose paths start from a folder, as seen from here. What is not there is not looked for elsewhere."""
    return setup.with_(
        scenario=scenario_from(folder, setup.scenario),
        machine=with_path(setup.machine, lambda path: str(folder / path)),
        mechanisms=tuple(str(folder / each) for each in setup.mechanisms),
    )


def _tuples(value: Any) -> Any:  # noqa: ANN401 - of JSON
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value
