from splx.scenario import NIC, Poisson, us

nic = NIC("wm0", Poisson(mean=us(50)))
