def checked(n: int) -> int:
    if n < 0:
        raise ValueError("negative")
    return n
