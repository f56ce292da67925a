"""What every test needs: the same examples on every run, and nothing of the machine they run on.

`--kernel-coverage FILE` collects which branches of the kernels run, and reports them at the end.
"""

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

from tools import kernel_coverage

settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")


def pytest_addoption(parser):
    group = parser.getgroup("coverage of the kernels")
    group.addoption("--kernel-coverage", metavar="FILE", help="count which branches of the kernels run, into FILE")
    group.addoption("--kernel-floor", metavar="PERCENT", type=float, default=0, help="fail below this")


def pytest_configure(config):
    if config.option.kernel_coverage:
        facts = Path(config.option.kernel_coverage).absolute()
        facts.write_text("")
        os.environ["SPLX_KERNEL_COVERAGE"] = str(facts)


def pytest_collection_finish():
    """What is there before the first test stays to the end: no collector has to look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 20)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    config = session.config
    if not config.option.kernel_coverage:
        return
    from splx.stage import cover

    cover.flush()
    config.kernels_seen = kernel_coverage.read(Path(config.option.kernel_coverage))
    if kernel_coverage.total(config.kernels_seen) < config.option.kernel_floor and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    seen = getattr(config, "kernels_seen", None)
    if seen is None:
        return
    terminalreporter.section("coverage of the kernels")
    for line in kernel_coverage.report(seen):
        terminalreporter.line(line)
    if kernel_coverage.total(seen) < config.option.kernel_floor:
        terminalreporter.line(f"below the floor of {config.option.kernel_floor:g} %", red=True)


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch):
    """No colour, unless a test asks for it."""
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
