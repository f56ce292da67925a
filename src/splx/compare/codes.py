"""The S codes of a comparison."""

from __future__ import annotations

from splx.base.codes import add_folder, register

add_folder("splx.compare")

NO_DESIGNS = register("S0501", "a comparison of nothing")
OPTION = register("S0502", "an option that none of the designs has")
