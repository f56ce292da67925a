"""Models that checkers are compared on, over real kernels."""
