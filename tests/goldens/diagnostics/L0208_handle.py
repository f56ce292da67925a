from splx.lang.kernel import Handle, inline


class Distribution(Handle):
    made_of_integer = "make one outside of the function, `COST = Constant({text})`, and give that"


@inline
def spend(cost: Distribution) -> None:
    pass


def run(n: int) -> None:
    spend(n + 1)


# front: run
