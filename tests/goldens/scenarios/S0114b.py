from splx.scenario import Struct, always, atomic, eventually, i64, thread


class Box(Struct):
    full: i64 = atomic()


box = Box()


@always
def level(n: int) -> bool:
    return box.full < n


eventually(lambda: box.full == 1)


@thread(cpu=0)
def giver() -> None:
    box.full = 1
