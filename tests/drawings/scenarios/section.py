"""A thread with a section at IPL_VM, a line below that level and one above it."""

from splx.scenario import *

m = Mutex("m", IPL_VM)
n = Mutex("n", IPL_AUDIO)
nic = NIC("nic", Never())
audio = Audio("audio", Never())


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()
    mutex_enter(m)
    mutex_exit(m)


@handler(audio, IPL_AUDIO, mpsafe=True)
def audio_intr() -> None:
    audio.pop()
    mutex_enter(n)
    mutex_exit(n)


@thread(cpu=0)
def section() -> None:
    mutex_enter(m)
    mutex_exit(m)
