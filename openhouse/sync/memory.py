"""What is remembered of the SIS's last statement: a digest of each of its rows, file by file.

A night that changes one row in a hundred need not read the other ninety-nine again. Digests are XXH3 (63 bits, seeded by
the file's name): somebody's changed row is taken for an unchanged one once in some hundred million nights of a large district.
A row that was set aside is never remembered, so it is read, and told of, every night.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager

from xxhash import xxh3_64_intdigest

MASK = (1 << 63) - 1
"""What a signed 64-bit column holds."""


class Remembered:
    """One file while it is read. `again` are the digests that stood there before, `learnt` those of new rows without fault."""

    def __init__(self, file: str, known: set[int]) -> None:
        self.seed = xxh3_64_intdigest(file.encode())
        self.known = known
        self.again = array("Q")
        self.lines = array("Q")
        self.learnt = array("Q")

    def digest(self, content: bytes) -> int:
        """The digest of a row's bytes as the source has them."""
        return xxh3_64_intdigest(content, self.seed) & MASK

    def knows(self, digest: int, line: int = 0) -> bool:
        """Whether this row stood here the last time; it is then done with, and a second one like it is news."""
        if digest not in self.known:
            return False
        self.known.remove(digest)
        self.again.append(digest)
        self.lines.append(line)
        return True

    def meet(self, digests: Collection[int], lines: Iterable[int]) -> bool:
        """`knows` for many known rows at once. False, and nothing is done, where one stands among them twice."""
        before = len(self.known)
        self.known.difference_update(digests)
        if before - len(self.known) < len(digests):
            self.known.update(digests)
            return False
        self.again.extend(digests)
        self.lines.extend(lines)
        return True

    def learn(self, digest: int) -> None:
        """Remember a new row, once it was read without a fault."""
        self.learnt.append(digest)


class Memory:
    """All files of one statement. `recall` gives the digests remembered of a file. After reading, `gone` has those that
    stand there no more; `again` and `learnt` have the others, by file."""

    def __init__(self, recall: Callable[[str], array[int]] | None = None) -> None:
        self._recall = recall or (lambda file: array("Q"))
        self.again: dict[str, array[int]] = {}
        self.learnt: dict[str, array[int]] = {}
        self.lines: dict[str, array[int]] = {}
        self.gone = array("Q")

    @staticmethod
    def of(file: str) -> Remembered:
        """Nothing remembered, for a file that is looked at and not brought in."""
        return Remembered(file, set())

    @contextmanager
    def reading(self, file: str, *, delta: bool = False) -> Iterator[Remembered]:
        """Around the reading of one file, to its end. What a bulk file no longer has is gone; a delta takes nothing away."""
        before = self._recall(file)
        remembered = Remembered(file, set() if delta else set(before))
        yield remembered
        self.gone.extend(remembered.known)
        self.again[file] = before if delta else remembered.again
        self.learnt[file] = remembered.learnt
        self.lines[file] = remembered.lines

    def places(self, file: str, digests: set[int]) -> dict[int, int]:
        """The lines on which some remembered rows of a file stand tonight."""
        found = zip(self.again.get(file, ()), self.lines.get(file, ()), strict=False)
        return {digest: line for digest, line in found if digest in digests}
