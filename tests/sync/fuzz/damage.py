"""Ways in which an export is damaged. Each takes the lines (or the zip's bytes) and spoils something at random."""

from __future__ import annotations

import csv
from collections.abc import Callable
from random import Random

from tests.sync.fuzz.exports import OURS, Made, line_of

type Damage = Callable[[Random, Made], None]
DATES = (
    "2015-02-29", "0000-00-00", "2015-13-01", "20150228", "2015-02-28T00:00:00Z", "9999-12-31", "1899-12-31", "２０１５-02-01",
)  # fmt: skip
WORDS = (
    "active", "tobedeleted", "inactive", "Active", "deleted", "TRUE", "FALSE", "1", "ext:x", "ext:", "student", "parent",
    "school", "NULL",
)  # fmt: skip
TRICKS = (
    "\u202egnirts", "\u200b", "\ufeff", "Zoe\u0308", "Ｓ１", "\u2028", "\x85", "\xa0", "а", "\x00", "\x01", "\x1b[2J", "\t", "\x7f",
    "\U0001f600", "\ud83d", "'; DROP TABLE district_student; --", "=1+1", "%s%n", "{0}", "<script>", "\\", "a\rb",
    '"', '""', ",", "\n",
)  # fmt: skip
BYTES = (
    b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xfe\xff", b"\x00", b"\x80", b'"', b",", b"\r", b"\n", b"\xef\xbb\xbf", b'",', b',"',
)  # fmt: skip


def _place(random: Random, made: Made) -> tuple[list[bytes], int]:
    """The lines of a data file, and one of them that is no header."""
    lines = made.lines[
        random.choice([name for name in made.lines if name != "manifest.csv" and len(made.lines[name]) > 1])
    ]
    return lines, random.randrange(1, len(lines))


def _cells(line: bytes) -> list[str]:
    try:
        return next(csv.reader([line.decode(errors="replace")]), []) or [""]
    except csv.Error:
        return line.decode(errors="replace").split(",")


def cell(random: Random, made: Made) -> None:
    """A cell holds something it should not."""
    lines, number = _place(random, made)
    cells = _cells(lines[number])
    place = random.randrange(len(cells))
    evil = random.choice([*DATES, *WORDS, *TRICKS, "", " ", "x" * 256, "x" * 255, "Q0bad00"])
    cells[place] = evil if random.random() < 0.6 else cells[place] + evil
    lines[number] = line_of(cells)


def elsewhere(random: Random, made: Made) -> None:
    """A cell holds what another row has there: keys stand twice, references go astray."""
    lines, number = _place(random, made)
    cells, other = _cells(lines[number]), _cells(random.choice(lines[1:]))
    place = random.randrange(min(len(cells), len(other), random.choice([1, 5, 30])))
    cells[place] = other[place]
    lines[number] = line_of(cells)


def nobody(random: Random, made: Made) -> None:
    """An id refers to nobody."""
    lines, number = _place(random, made)
    cells = _cells(lines[number])
    ids = [place for place, value in enumerate(cells) if "-Q" in value]
    if ids:
        cells[random.choice(ids)] = f"x-Q{random.randrange(1 << 24):06x}"
        lines[number] = line_of(cells)


def swapped_cells(random: Random, made: Made) -> None:
    """Two cells of a row change places."""
    lines, number = _place(random, made)
    cells = _cells(lines[number])
    one, two = random.randrange(len(cells)), random.randrange(len(cells))
    cells[one], cells[two] = cells[two], cells[one]
    lines[number] = line_of(cells)


def width(random: Random, made: Made) -> None:
    """A row has too few cells, or too many."""
    lines, number = _place(random, made)
    cells = _cells(lines[number])
    place = random.randrange(len(cells))
    cells[place : place + random.randint(0, 3)] = ["Q0bad01"] * random.choice([0, 0, 1, 4])
    lines[number] = line_of(cells)


def row(random: Random, made: Made) -> None:
    """Rows vanish, stand twice, change places, or are no rows at all."""
    lines, number = _place(random, made)
    what = random.randrange(6)
    if what == 0:
        del lines[number]
    elif what == 1:
        lines.insert(random.randrange(1, len(lines) + 1), lines[number])
    elif what == 2:
        other = random.randrange(1, len(lines))
        lines[number], lines[other] = lines[other], lines[number]
    elif what == 3:
        lines.insert(number, random.choice([b"\r\n", b"\n", b",,,,\r\n", b" \r\n", b'""\r\n', b"\xef\xbb\xbf\r\n"]))
    elif what == 4:
        lines.insert(number, random.randbytes(random.randint(1, 40)).replace(b"\n", b"") + b"\n")
    else:
        lines[number] = lines[number][: random.randrange(len(lines[number]))] + random.choice([b"", b"\r\n"])


def again(random: Random, made: Made) -> None:
    """A row stands twice with one cell changed."""
    lines, number = _place(random, made)
    cells = _cells(lines[number])
    cells[random.randrange(len(cells))] += random.choice(["", "x", "Q0bad02"])
    lines.insert(random.randrange(1, len(lines) + 1), line_of(cells))


def raw(random: Random, made: Made) -> None:
    """Bytes are put into a line, or in the place of others."""
    lines, number = _place(random, made)
    line, place = lines[number], random.randrange(len(lines[number]))
    lines[number] = line[:place] + random.choice(BYTES) + line[place + random.randint(0, 2) :]


def quote(random: Random, made: Made) -> None:
    """A quotation mark opens a field and is not closed, or closed too early."""
    lines, number = _place(random, made)
    parts = lines[number].split(b",")
    place = random.randrange(len(parts))
    parts[place] = random.choice([b'"' + parts[place], parts[place] + b'"', b'"' + parts[place] + b'"x'])
    lines[number] = b",".join(parts)


def forged(random: Random, made: Made) -> None:
    """A field holds a line break, and after it what looks like a row."""
    lines, number = _place(random, made)
    inner = random.choice(lines[1:]).replace(b'"', b"").replace(b"Q", b"F").rstrip()
    parts = lines[number].replace(b'"', b"").rstrip().split(b",")
    parts[random.randrange(len(parts))] = b'"x\r\n' + inner + random.choice([b'"', b'\r\n"', b'\nx"'])
    lines[number] = b",".join(parts) + b"\r\n"


def huge(random: Random, made: Made) -> None:
    """A field is far too long."""
    lines, number = _place(random, made)
    lines[number] = lines[number].replace(b",", b"," + b"Qdead00" * random.choice([40, 1000, 9000, 12000]), 1)


def line_ends(random: Random, made: Made) -> None:
    """Lines end otherwise, or not at all."""
    name = random.choice(list(made.lines))
    end = random.choice([b"\n", b"\r", b"\r\r\n", b"\n\n", b"\x0b\n"])
    made.lines[name] = [line.rstrip(b"\r\n") + (end if random.random() < 0.8 else b"\r\n") for line in made.lines[name]]
    if random.random() < 0.5:
        made.lines[name][-1] = made.lines[name][-1].rstrip(b"\r\n")


def encoding(random: Random, made: Made) -> None:
    """A file begins with marks, or is written in another encoding."""
    name = random.choice(list(made.lines))
    mark = random.choice([b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf", b"\xff\xfe", b"", b""])
    if mark:
        made.lines[name][0] = mark + made.lines[name][0]
    else:
        to = random.choice(["utf-16", "latin-1", "cp1252"])
        content = b"".join(made.lines[name]).decode(errors="replace").encode(to, errors="replace")
        made.lines[name] = content.splitlines(keepends=True)


def header(random: Random, made: Made) -> None:
    """The header is not the standard's."""
    name = random.choice([name for name in made.lines if name != "manifest.csv"])
    columns = _cells(made.lines[name][0])
    one, two, what = random.randrange(len(columns)), random.randrange(len(columns)), random.randrange(8)
    if what == 0:
        columns[one], columns[two] = columns[two], columns[one]
    elif what == 1:
        names = (
            columns[two],
            columns[one].upper(),
            "",
            "shoeSize",
            f" {columns[one]}",
            "metadata.SSN",
            "x\ud83d",
            "\x1b[2J",
            "x" * 256,
        )
        columns[one] = random.choice(names)
    elif what == 2:
        del columns[one]
    elif what == 3:
        columns.insert(one, random.choice(["password2", "metadata.x", "shoeSize", "x\ud83d", "x" * 256, *OURS]))
    elif what == 4:
        columns = []
    elif what == 5:
        del made.lines[name][0]
        return
    elif what == 6:
        made.lines[name].insert(0, random.choice([b"\r\n", made.lines[name][0], b'"']))
        return
    else:
        random.shuffle(columns)
    made.lines[name][0] = line_of(columns)


def emptied(random: Random, made: Made) -> None:
    """A file has no rows, or no bytes, or is not there."""
    name = random.choice(list(made.lines))
    what = random.randrange(3)
    if what == 2:
        del made.lines[name]
    else:
        made.lines[name] = made.lines[name][:1] if what else [b""]


def manifest(random: Random, made: Made) -> None:
    """The manifest lies, or is no manifest."""
    lines = made.lines.get("manifest.csv") or [b""]
    number, what = random.randrange(len(lines)), random.randrange(6)
    if what == 0:
        del lines[number]
    elif what == 1:
        lines.append(
            random.choice([lines[number], b"Q0bad05,1\r\n", b"file.guardianships,Q0bad06\r\n", b"x\r\n", b"\xff,1\r\n"])
        )
    elif what < 4:
        word = random.choice([b"absent", b"bulk", b"delta", b"Bulk", b"Q0bad07", b""])
        lines[number] = lines[number].split(b",")[0] + b"," + word + b"\r\n"
    elif what == 4:
        lines[number] = lines[number].replace(b"1.", random.choice([b"2.", b"1.1", b"1"]))
    else:
        random.shuffle(lines)


def names(random: Random, made: Made) -> None:
    """A file bears another name, or lies beside the others."""
    name = random.choice(list(made.lines))
    other = random.choice(
        [name.upper(), f"x/{name}", f"../{name}", "roles.csv", "Q0bad08.csv", "guardianships.csv", f"{name} ", "é.csv"]
    )
    if other not in made.lines:
        made.lines[other] = made.lines[name] if random.random() < 0.5 else made.lines.pop(name)


KINDS: dict[str, Damage] = {
    each.__name__: each
    for each in (
        cell, elsewhere, nobody, swapped_cells, width, row, again, raw, quote, forged, huge, line_ends, encoding, header, emptied,
        manifest, names,
    )
}  # fmt: skip
WEIGHTS = {
    "cell": 5,
    "elsewhere": 4,
    "raw": 3,
    "quote": 3,
    "row": 3,
    "again": 3,
    "forged": 2,
    "huge": 0.5,
    "names": 0.5,
}


def spoil(random: Random, made: Made) -> list[str]:
    """Damage an export in one to three ways; returns which."""
    count = random.choice([1, 1, 1, 2, 3])
    kinds = random.choices(list(KINDS), [WEIGHTS.get(kind, 1) for kind in KINDS], k=count)
    for kind in kinds:
        if any(len(lines) > 1 for name, lines in made.lines.items() if name != "manifest.csv"):
            KINDS[kind](random, made)
    return kinds


def spoil_zip(random: Random, content: bytes) -> bytes:
    """Damage a zip's own bytes."""
    place = random.randrange(len(content))
    what = random.randrange(4)
    if what == 0:
        return content[:place]
    if what == 1:
        return content[:place] + random.randbytes(random.randint(1, 8)) + content[place + 1 :]
    if what == 2:
        return content[place:]
    return content + content[place:]
