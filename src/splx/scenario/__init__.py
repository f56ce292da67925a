"""Floor 5: what users write; declarations of devices; designs, which link slots to bodies."""
