"""The document that the figures are put into: what stands around them is written by hand and stays."""

from __future__ import annotations

from pathlib import Path

BEGIN = "<!-- figures: bin/bench --write puts them here -->"
END = "<!-- end of figures -->"


def write(path: Path, figures: str) -> None:
    """Put the figures between the marks; a document without marks gets both at its end."""
    before, after = path.read_text() if path.exists() else "# Benchmarks\n\n", "\n"
    if BEGIN in before and END in before:
        before, _, rest = before.partition(BEGIN)
        after = rest.partition(END)[2]
    path.write_text(f"{before}{BEGIN}\n{figures}\n{END}{after}")
