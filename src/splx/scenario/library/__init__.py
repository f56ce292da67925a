"""Scenarios that come with splx: `splx run demo`, `splx run first`. They are read as a user's files are."""
