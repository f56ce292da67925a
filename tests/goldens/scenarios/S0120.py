from splx.scenario import IPL_NET, NIC, Exponential, Poisson, handler, us

for n in range(2):
    card = NIC(f"wm{n}", Poisson(mean=us(50)))
    cost = Exponential(us(2 + n))

    def serve(item: int) -> None:
        card.work(item, cost)

    @handler(card, IPL_NET)
    def intr() -> None:
        item = card.pop()
        while item != 0:
            serve(item)
            item = card.pop()
