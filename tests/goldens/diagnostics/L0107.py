def careful(n: int) -> int:
    try:
        return 100 // n
    except ZeroDivisionError:
        return 0
