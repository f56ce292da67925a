"""The scenarios of the debate: `splx debate`."""
