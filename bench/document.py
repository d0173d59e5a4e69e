"""The document that the figures are put into: what stands around them is written by hand and stays."""

from __future__ import annotations

from pathlib import Path

BEGIN = "<!-- figures: bin/bench --write puts them here -->"
END = "<!-- end of figures -->"


def write(path: Path, figures: str, *, add: bool = False) -> None:
    """Put the figures between the marks, in place of those there or (`add`) after them; a document without marks gets both
    at its end."""
    before, after = path.read_text() if path.exists() else "# Benchmarks\n\n", "\n"
    if BEGIN in before and END in before:
        before, _, rest = before.partition(BEGIN)
        there, _, after = rest.partition(END)
        figures = f"{there.strip()}\n\n{figures}" if add else figures
    path.write_text(f"{before}{BEGIN}\n{figures}\n{END}{after}")
