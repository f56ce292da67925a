def advance(clock: int, step: int) -> int:
    return clock + step


def run(n: int) -> int:
    a = advance(n)
    b = abs(n, n)
    return min(n)
