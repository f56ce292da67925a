"""Floor 7: several designs on the same load, and which of their differences are more than noise.

comparison = compare(Setup("nic.py", cpus=2), ["netbsd-5", "doran-2006"], seeds=[1, 2, 3, 4, 5])
comparison.differences()            # those that exceed the noise between seeds, the greatest first
"""

from __future__ import annotations

from splx.base.student import Spread
from splx.compare.comparison import Comparison, Difference, Metric
from splx.compare.runs import compare, setups_of

__all__ = ["Comparison", "Difference", "Metric", "Spread", "compare", "setups_of"]
