"""Floor 1: the Python subset, from source to typed form to native or plain."""
