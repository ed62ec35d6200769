"""`python -m caqes_dsl …` runs the same commands as `caqes …`."""

from caqes_dsl.commands import main

if __name__ == "__main__":
    main()
