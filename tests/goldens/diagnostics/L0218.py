def run(n: int) -> int:
    a = n % 0
    return n // (3 - 3)
