"""Floor 6: the reader that takes the earliest next step."""
