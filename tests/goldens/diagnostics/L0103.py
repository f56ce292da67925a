def collect(n: int) -> int:
    values = [n, n + 1]
    pair = (n, n)
    table = {n: 1}
    seen = {n}
    return n
