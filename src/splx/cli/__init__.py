"""Floor 9: words typed, exit codes. Each command is one file; what is heavy is imported when it is called."""
