"""Files that come with splx: recordings of arrivals (see `arrivals/README.md`)."""
