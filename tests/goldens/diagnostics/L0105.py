def twice(n: int) -> int:
    double = lambda k: 2 * k
    return double(n)
