def numbers(n: int) -> None:
    for i in range(n):
        yield i
