"""Floor 4: the interface of the kernels, and above it the mechanisms, each a manual page."""
