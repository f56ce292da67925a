"""Measurements: splx beside its peers, in one run.

`make bench` runs `python -m bench`. The peers do the same work on the same data (`bench/data`): `peer_simpy` and
`peer_heap` simulate the workloads without any kernel code, `engine_c` interprets the same instructions in plain C.
"""
