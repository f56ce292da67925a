def run(n: int) -> int:
    n + 1
    n == 2
    "a text"
    return n
