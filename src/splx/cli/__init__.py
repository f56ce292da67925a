"""Floor 9: words typed, exit codes."""
