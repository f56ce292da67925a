ticks = 0


def tick() -> None:
    global ticks
