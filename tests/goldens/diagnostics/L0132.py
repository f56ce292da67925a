def run(n: int) -> bool:
    return n in (1, 2, 3)
