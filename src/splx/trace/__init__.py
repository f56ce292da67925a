"""Floor 3: formats of recordings."""
