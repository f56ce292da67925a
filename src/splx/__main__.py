"""`python -m splx`: the command without its script."""

from splx.cli.main import main

main()
