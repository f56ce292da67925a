"""Floor 3: choices, events and the two-column drawing."""
