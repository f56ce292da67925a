"""For a test suite of one's own: fixtures of pytest that check scenarios.

    def test_the_driver_never_loses_a_wakeup(splx_check):
        assert splx_check("driver.py", memory="tso").holds

    def test_the_bug_of_last_week_is_gone(splx_replay):
        assert splx_replay("lost-wakeup.json").holds

A test that fails shows what `splx check` prints: the story, drawn in columns. pytest finds this by itself once splx is
installed, and loads nothing of splx until a test asks for a fixture.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from splx.api import Checked
    from splx.scenario.scene import Scenario


class Check(Protocol):
    """What `splx_check` is: `splx.check`, with files seen from the folder of the test."""

    def __call__(self, scenario: str | Path | Scenario, **bounds: Any) -> Checked:  # noqa: ANN401 - see splx.check
        """The verdict."""


_verdicts = pytest.StashKey["list[tuple[str, Checked]]"]()


@pytest.fixture
def splx_check(request: pytest.FixtureRequest) -> Check:
    """Check a scenario as `splx.check` does: `splx_check("locks.py", memory="tso")`; paths start at the test, those of
    a machine, of mechanisms and of `resume` too.
    """

    def check(scenario: str | Path | Scenario, **bounds: Any) -> Checked:  # noqa: ANN401 - see splx.check
        from splx.api import check  # noqa: PLC0415 - heavy

        __tracebackhide__ = True

        def made() -> Checked:
            found, given = _beside(request.path.parent, scenario, bounds)
            return check(found, **given)

        return _noted(request, f"check {scenario}", _in_short(made))

    return check


@pytest.fixture
def splx_replay(request: pytest.FixtureRequest) -> Callable[[str | Path], Checked]:
    """Search again for a finding in a file: `splx_replay("found.json")` holds if it is gone."""

    def again(file: str | Path) -> Checked:
        from splx.api import replay  # noqa: PLC0415 - heavy

        __tracebackhide__ = True
        return _noted(request, f"replay {file}", _in_short(lambda: replay(request.path.parent / file)))

    return again


def _in_short(make: Callable[[], Checked]) -> Checked:
    """What that makes. A mistake in what is checked is told without the way to it through splx, but for one of ours."""
    from splx.base.diagnostics import SplxError  # noqa: PLC0415 - heavy
    from splx.base.exits import Exit  # noqa: PLC0415 - as little as can be before a test asks

    __tracebackhide__ = True
    try:
        return make()
    except SplxError as error:
        if error.exit is Exit.GAVE_UP:
            raise
        raise error.with_traceback(None) from None


def _beside(
    folder: Path, scenario: str | Path | Scenario, bounds: dict[str, Any]
) -> tuple[str | Path | Scenario, dict[str, Any]]:
    """Whatever is a path, as seen from the folder of the test. What is not there is not looked for elsewhere."""
    from splx.machine.models import with_path  # noqa: PLC0415 - heavy
    from splx.scenario.load import scenario_from  # noqa: PLC0415

    given = dict(bounds)
    if isinstance(given.get("machine"), str | Path):
        given["machine"] = with_path(str(given["machine"]), lambda path: str(folder / path))
    if isinstance(given.get("mechanisms"), list | tuple):
        given["mechanisms"] = [folder / each if isinstance(each, str | Path) else each for each in given["mechanisms"]]
    if isinstance(given.get("resume"), str | Path):
        given["resume"] = folder / given["resume"]
    return scenario_from(folder, str(scenario)) if isinstance(scenario, str | Path) else scenario, given


def _noted(request: pytest.FixtureRequest, what: str, verdict: Checked) -> Checked:
    request.node.stash.setdefault(_verdicts, []).append((what, verdict))
    return verdict


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """A test that fails shows the verdicts it got that did not hold."""
    report = yield
    if report.failed:
        shown = [(what, verdict) for what, verdict in item.stash.get(_verdicts, []) if not verdict.holds]
        report.sections += [(f"splx {what}", str(verdict)) for what, verdict in shown]
    return report
