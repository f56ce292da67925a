def total(n: int) -> int:
    squares = [i * i for i in range(n)]
    odd = {i for i in squares if i % 2}
    rows = {i: i for i in odd}
    return n + abs(i for i in range(n))
