"""What the JSON of a run or a comparison says of where it comes from: enough to make it again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from splx import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from splx.simulate.setup import Setup


def recorded(setup: Setup, designs: Sequence[str] = (), seeds: Sequence[int] = ()) -> dict[str, Any]:
    """The setup of a run; with `designs` and `seeds` of a comparison. The engine decides nothing: not here."""
    from splx.cli.again import compare_again, run_again  # noqa: PLC0415 - heavy, as the others
    from splx.machine.models import shipped  # noqa: PLC0415
    from splx.scenario.load import find_scenario  # noqa: PLC0415

    any_engine = replace(setup, engine="native")
    one = {"design": setup.design, "seed": setup.seed}
    return {
        "splx": __version__,
        "command": compare_again(any_engine, designs, seeds) if designs else run_again(any_engine),
        "scenario_file": _path(find_scenario(setup.scenario)),
        **({"designs": list(designs), "seeds": list(seeds)} if designs else one),
        "options": dict(setup.options),
        "machine": setup.machine,
        "machine_file": None if setup.machine in shipped() else _path(setup.machine),
        "mechanism_files": [_path(each) for each in setup.mechanisms],
        "settings": dict(setup.settings),
        "cpus": setup.cpus,
        "time_ps": setup.time,
        "ties": setup.ties,
    }


def _path(path: str | Path) -> str:
    return str(Path(path).absolute())


def text_of(data: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """JSON with the record after its format."""
    kept = {"format": data["format"], "made_by": record} | {
        key: value for key, value in data.items() if key != "format"
    }
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"
