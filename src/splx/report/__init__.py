"""Floor 8: result records as text for the terminal and as JSON."""
