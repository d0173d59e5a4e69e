"""`python -m openhouse` is the command-line program."""

from openhouse.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
