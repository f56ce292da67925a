def run(n: int) -> bool:
    return n


def count(n: int) -> int:
    if n > 3:
        return
    return n > 2


def reset(n: int) -> None:
    return n
