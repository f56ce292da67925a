"""The second reader: every interleaving of a system, or the shortest run that breaks a rule."""
