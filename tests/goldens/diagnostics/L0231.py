def first(n: int) -> int:
    return n


def second(n: int, m: int) -> int:
    return n + m


MIXED = (first, second)
NUMBERS = (1, 2)
GOOD = (first,)


def run(n: int) -> int:
    a = MIXED[n](n)
    b = NUMBERS[n](n)
    c = GOOD[n]
    return n
