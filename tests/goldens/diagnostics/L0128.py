def mask(n: int) -> int:
    return n & 0xFFFFFFFFFFFFFFFF


def far(n: int) -> int:
    return n + (1 << 62) * 4
