from splx.scenario import Struct, always, atomic, i64, never, thread


class Box(Struct):
    full: i64 = atomic()


box = Box()


@always
@never
def empty() -> bool:
    return box.full == 0


@thread(cpu=0)
def giver() -> None:
    box.full = 1
