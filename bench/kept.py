"""The sync's second floor, as a program of its own: the files of a folder as a careful engineer would keep them.

    python -m bench.kept FOLDER postgresql:URL

COPY, by the server itself, into one LOGGED table for each file, all in one transaction, keys and indexes there from the start:

- the primary key is the `sourcedId`, and in guardianships.csv the pair: no numbers of our own, hence one index for each table;
- what points elsewhere has an index unless the key begins with it: the guardian in guardianships.csv, the user and the
  school in roles.csv, the parent in orgs.csv and academicSessions.csv. No foreign key is declared: the files may point to
  rows that are set aside;
- days are `date`, flags `boolean`, priorities `integer`, the rest `varchar` as wide as in the mirror, NOT NULL (blank text
  stays blank, other blanks are NULL); the two lists of ids, and no other column, are `text`.

Nothing is checked, compared, merged or ended; there is no history, no random key and no audit entry. manifest.csv
is kept as text.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psycopg

from bench.bare import CHUNK, header

TYPES = {
    "date": "date dateLastModified startDate endDate beginDate birthDate",
    "boolean": "enabledUser legal livesWith emergencyContact americanIndianOrAlaskaNative asian blackOrAfricanAmerican "
    "nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity",
    "integer": "priority schoolYear",
    "varchar(35)": "metadata.homeLanguage",
    "varchar(20)": "metadata.eligibleGround status",
    "text": "agentSourcedIds userIds propertyName value",
}
"""Column types; varchar(255) for all others."""
TYPE_OF = {column: kind for kind, columns in TYPES.items() for column in columns.split()}
WORDS = ("text", "varchar(20)", "varchar(35)", "varchar(255)")
KEYS = {"guardianships": ("studentSourcedId", "guardianSourcedId"), "manifest": ("propertyName",)}
"""What identifies a row; the sourcedId in all other files."""
POINTING = {
    "guardianships": ("guardianSourcedId",),
    "roles": ("userSourcedId", "orgSourcedId"),
    "orgs": ("parentSourcedId",),
    "academicSessions": ("parentSourcedId",),
}


def kind(column: str) -> str:
    """A column's type."""
    return TYPE_OF.get(column, "varchar(255)")


def definition(stem: str, columns: list[str]) -> str:
    """The columns and the keys of a file's table."""
    typed = [f'"{column}" {kind(column)}{" NOT NULL" if kind(column) in WORDS else ""}' for column in columns]
    key = ", ".join(f'"{column}"' for column in KEYS.get(stem, ("sourcedId",)))
    return ", ".join([*typed, f"PRIMARY KEY ({key})"])


def keep(connection: psycopg.Connection, path: Path) -> None:
    """One file into its table."""
    columns = header(path)
    name = f'"kept_{os.getpid()}_{path.stem}"'
    words = ", ".join(f'"{column}"' for column in columns if kind(column) in WORDS)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {name} ({definition(path.stem, columns)})".encode())
        for column in POINTING.get(path.stem, ()):
            cursor.execute(f'CREATE INDEX ON {name} ("{column}")'.encode())
        command = f"COPY {name} FROM STDIN (FORMAT csv, HEADER, FORCE_NOT_NULL ({words}))".encode()
        with path.open("rb") as file, cursor.copy(command) as copy:
            while chunk := file.read(CHUNK):
                copy.write(chunk)


def main(folder: str, target: str) -> None:
    """Load the folder into the PostgreSQL that the target names."""
    with psycopg.connect(target.removeprefix("postgresql:")) as connection:
        for path in sorted(Path(folder).glob("*.csv")):
            keep(connection, path)


if __name__ == "__main__":
    main(*sys.argv[1:])
