ticks = 0


def tick() -> None:
    ticks = 1


def count() -> None:
    ticks += 1
