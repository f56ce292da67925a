def run(n: int) -> int:
    a = n << -1
    return n >> 64
