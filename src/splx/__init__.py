"""A kernel in a bottle: interrupt handlers, locks and schedulers on a costed virtual multiprocessor."""

__version__ = "0.1.0"
