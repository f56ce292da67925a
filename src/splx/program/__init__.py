"""Floor 3: typed form to machine instructions, and their listing."""
