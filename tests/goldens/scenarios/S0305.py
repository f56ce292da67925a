# design: netbsd-5
from splx.scenario import IPL_NET, NIC, Poisson, handler, us

cards = [NIC(f"wm{n}", Poisson(mean=us(50))) for n in range(60)]


def nic_intr() -> None:
    cards[0].pop()


for card in cards:
    handler(card, IPL_NET)(nic_intr)
