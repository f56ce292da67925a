from splx.lang.kernel import Handle, inline


class Distribution(Handle):
    pass


@inline
def spend(cost: Distribution) -> None:
    pass


def run(n: int) -> None:
    spend(Distribution(n))


# front: run
