from splx.scenario import NIC

nic = NIC("wm0")
