"""A lock of IPL_VM, and above it an interrupt that is not mpsafe."""

from splx.scenario import *

s = Mutex("s", IPL_VM)
audio = Audio("audio", Never())


@handler(audio, IPL_AUDIO)
def audio_intr() -> None:
    audio.pop()


@thread(cpu=0)
def holder() -> None:
    mutex_enter(s)
    mutex_exit(s)


@thread(cpu=1)
def other() -> None:
    kernel_lock()
    mutex_enter(s)
    mutex_exit(s)
    kernel_unlock()
