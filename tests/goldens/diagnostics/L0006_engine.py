from collections.abc import Callable

from splx.lang.struct import Handle


class Device(Handle):
    pass


def run(f: Callable[[int], int], d: Device) -> int:
    return 0
