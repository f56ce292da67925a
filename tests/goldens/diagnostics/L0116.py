def advance(clock: int, step: int) -> int:
    return clock + step


def run(n: int) -> int:
    return advance(n, step=2)
