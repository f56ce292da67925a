def run(n: int) -> None:
    assert n > 0, n
    assert n > 1, f"{n} is small"
