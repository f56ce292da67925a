"""Floor 0: units, diagnostics, codes, files."""
