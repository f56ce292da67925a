def run(n: int) -> int:
    a = ...
    b = 2j
    c: int
    return n
