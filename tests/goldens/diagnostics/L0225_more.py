from __future__ import annotations

from splx.lang.kernel import Func, Handle, Struct


class Device(Handle):
    def __init__(self, name: str) -> None:
        self.name = name

    def start(self, n: int) -> None: ...


nic = Device("nic")


class Softc(Struct):
    func: Func
    dev: Device


def run(sc: Softc, n: int) -> None:
    sc.dev.strat(n)
    sc.fnc(n)
    nic.name(n)
