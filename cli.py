"""Doorway of a checkout: `python cli.py …` runs the same commands as `caqes …`."""

from caqes_dsl.commands import main

main()
