"""A section that is left in two steps, a line below both and one between them."""

from splx.scenario import *

nic = NIC("nic", Never())
audio = Audio("audio", Never())


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()


@handler(audio, IPL_AUDIO, mpsafe=True)
def audio_intr() -> None:
    audio.pop()


@thread(cpu=0)
def section() -> None:
    s = splraise(IPL_AUDIO)
    splx(IPL_NET)
    splx(s)
