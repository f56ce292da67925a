"""Floor 7: the claims of the debate of 2006, each settled by experiments.

claims()                                every experiment, by the number of its claim
settle(claims()["C5a"], "x86-2020")     run it, and what came out
"""

from __future__ import annotations

from splx.debate.claims import claims
from splx.debate.count import Count, Path
from splx.debate.experiment import Axis, Claim, Experiment, Measure, Seen, Side
from splx.debate.search import Search
from splx.debate.settle import Settled, settle, workers
from splx.debate.sweep import Sweep
from splx.debate.verdict import Curve, Evidence, Rule, Ruling, Verdict

__all__ = [
    "Axis", "Claim", "Count", "Curve", "Evidence", "Experiment", "Measure", "Path", "Rule", "Ruling", "Search", "Seen",
    "Settled", "Side", "Sweep", "Verdict", "claims", "settle", "workers",
]  # fmt: skip
