def outer(n: int) -> int:
    def inner(k: int) -> int:
        return k + 1

    return inner(n)
