def scaled(n: int) -> int:
    return n * 1.5
