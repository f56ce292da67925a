from splx.scenario import Struct, atomic, i64, never, thread


class Box(Struct):
    full: i64 = atomic()


box = Box()


@never
def amount() -> int:
    return box.full


@thread(cpu=0)
def giver() -> None:
    box.full = 1
