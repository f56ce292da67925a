def run(op: int) -> int:
    match op:
        case 0:
            return 1
    return 0
