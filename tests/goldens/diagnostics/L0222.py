def run(n: int) -> int:
    return n[0]
