def run(n: int) -> int:
    more = n > 3
    return n + more
