from splx.scenario import IPL_NETT, NIC
