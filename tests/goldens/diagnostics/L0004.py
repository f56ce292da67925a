def make(step: int):
    def advance(n: int) -> int:
        return n + step

    return advance


advance = make(2)

# front: advance
