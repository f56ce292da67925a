from functools import lru_cache, wraps


def traced(func):
    return func



@traced
def advance(clock: int) -> int:
    return clock + 1

# front: advance
