def run(n: int) -> bool:
    done = n is 3
    return done is not True
