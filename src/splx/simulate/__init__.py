"""Simulation: the earliest next step of a system on a costed machine, and what came of it."""
