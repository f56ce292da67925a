def name(n: int) -> int:
    state = "running"
    return n
