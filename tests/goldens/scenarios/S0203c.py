from splx.scenario import NIC, Poisson, us


def make(names: list[str]) -> list[NIC]:
    return [NIC(name, Poisson(mean=us(50))) for name in names[3]]


cards = make(["wm0", "wm1"])
