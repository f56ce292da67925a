def advance(clock: int, step: int = 1) -> int:
    return clock + step
