exec("def advance(n: int) -> int:\n    return n + 1\n")

# front: advance
