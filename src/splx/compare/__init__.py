"""Floor 7: one scenario under several designs."""
