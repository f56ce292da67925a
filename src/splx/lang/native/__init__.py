"""The native back end: engine functions as machine code.

    run = native(run_slice, sizes)
    run(buffer, 3)

`types` and `places` say how memory looks, `expressions` and `statements` write LLVM's text form, `module` puts the
functions together, `compile` makes machine code, `library` makes it callable.
"""

from __future__ import annotations

from splx.lang.native.library import Library, compile_native, compiled, native

__all__ = ["Library", "compile_native", "compiled", "native"]
