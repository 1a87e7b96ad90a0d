"""`python -m apiscribe`."""

from apiscribe.commands import main

main()
