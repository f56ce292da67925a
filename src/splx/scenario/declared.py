"""What decorators put into a scenario."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.kernel.interface.sync import Workqueue
    from splx.scenario.devices import Device
    from splx.scenario.functions import Function
    from splx.scenario.periodic import Job
    from splx.scenario.properties import Says
    from splx.scenario.sites import Site


@dataclass(frozen=True, slots=True)
class HandlerDecl:
    """intr_establish(9): `func(arg)` handles `device` at `level`. With `defer` its items are done when somebody
    says so. With a `filter`, if `filter(arg)` says that it is wanted.
    """

    device: Device
    level: str
    func: Function
    arg: object
    mpsafe: bool
    defer: bool
    site: Site
    filter: Function | None = None


@dataclass(frozen=True, slots=True)
class ThreadDecl:
    """kthread_create(9): `func(arg)`. Bound to `cpu` unless that is None. `job`: released by a timer."""

    name: str
    func: Function
    arg: object
    priority: int
    cpu: int | None
    site: Site
    job: Job | None = None
    workqueue: Workqueue | None = None


@dataclass(frozen=True, slots=True)
class PropertyDecl:
    """What is to be true of the scenario's words, and when."""

    says: Says
    name: str
    func: Callable[[], bool]
    site: Site
