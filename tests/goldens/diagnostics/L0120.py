def power(n: int) -> int:
    return 2**n
