def first(n: int) -> int:
    return n


def run(n: int) -> int:
    f = first
    return n
