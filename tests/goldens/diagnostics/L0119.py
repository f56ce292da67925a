def half(n: int) -> int:
    n /= 2
    return n / 2
