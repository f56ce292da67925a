from splx.lang.wide import bit, ushr


def run(n: int) -> int:
    a = bit(64)
    b = ushr(n, -1)
    return a + b + bit(63) + ushr(n, 0) + bit(n)
