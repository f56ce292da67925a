def advance(clock: int, step: int) -> int:
    return clock + step


def run(n: int) -> int:
    return advance(*n)


def again(n: int) -> int:
    return advance(**n)
