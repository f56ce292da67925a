"""What the commands do, as functions: setups made into systems, answers, and files of findings.

from splx import check

verdict = check("locks.py", design="netbsd-5", memory="tso")
assert verdict, verdict  # that it holds
"""

from splx.api.checking import Checked, check, check_setup, replay

__all__ = ["Checked", "check", "check_setup", "replay"]
