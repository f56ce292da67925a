def even(n: int) -> bool:
    return True if n == 0 else odd(n - 1)


def odd(n: int) -> bool:
    return False if n == 0 else even(n - 1)


def factorial(n: int) -> int:
    if n < 2:
        return 1
    return n * factorial(n - 1)
