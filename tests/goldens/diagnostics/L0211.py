def sign(n: int) -> int:
    if n > 0:
        return 1
    elif n < 0:
        return -1


def find(n: int) -> int:
    while n > 0:
        return n
