def advance(clock, step: int):
    return clock + step
