"""What is remembered of the SIS's last statement: a digest of each of its rows, file by file.

A night that changes one row in a hundred need not read the other ninety-nine again. Digests are XXH3 (63 bits, seeded by
the file's name): somebody's changed row is taken for an unchanged one once in some hundred million nights of a large district.
A row that was set aside is never remembered, so it is read, and told of, every night.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, pairwise
from typing import Any

from xxhash import xxh3_64_intdigest

MASK = (1 << 63) - 1
"""What a signed 64-bit column holds."""
FEW = 50
"""Up to so many digests are looked for in millions one by one."""
AHEAD = 20_000
"""So many rows a file may be shorter than the last time before all that is remembered of it must be looked through."""


class Spread:
    """Digests in a quarter of the room of a set, and in ten times its time: by their first 15 bits."""

    def __init__(self, digests: Iterable[int]) -> None:
        self._parts = [array("Q") for _ in range(1 << 15)]
        for digest in digests:
            self._parts[digest >> 48].append(digest)

    def __iter__(self) -> Iterator[int]:
        return chain.from_iterable(self._parts)

    def take(self, digest: int) -> bool:
        """Take one out. Returns whether it was there."""
        part = self._parts[digest >> 48]
        if digest not in part:
            return False
        part.remove(digest)
        return True


class Remembered:
    """One file while it is read. `again` are the digests that stood there before, `learnt` those of new rows without fault.

    Files keep their order from night to night, as a rule. So of what stood there before (`before`, in that order) only what stood
    about where the reading is need be `known`; the others are looked for only where somebody asks for `everything`. A row that
    stood far away is else taken for a new one, and the old one for gone: it is read once more, and nothing else comes of it.
    """

    def __init__(self, file: str, before: array[int]) -> None:
        self.seed = xxh3_64_intdigest(file.encode())
        self.before = before
        self.known: set[int] = set()
        self.far: Spread | None = None
        self.loaded = 0
        self.again = array("Q")
        self.lines = array("I")
        self.learnt = array("Q")
        self.turns: list[tuple[int, int]] = []

    def digest(self, content: bytes) -> int:
        """The digest of a row's bytes as the source has them."""
        return xxh3_64_intdigest(content, self.seed) & MASK

    def everything(self) -> bool:
        """From now on find whatever stood there before. Returns whether that is more than was known."""
        if self.loaded == len(self.before):
            return False
        self.far = Spread(self.before[self.loaded :])
        self.loaded = len(self.before)
        return True

    def finds(self, digest: int) -> bool:
        """Whether it is known, or becomes so because it stood far away."""
        if digest in self.known:
            return True
        if self.far is None or not self.far.take(digest):
            return False
        self.known.add(digest)
        return True

    def reach(self, line: int) -> None:
        """Know what stood up to this line, and somewhat further; what was met so far stood before it."""
        self.turns.append((len(self.again), len(self.learnt)))
        if self.loaded < min(line + AHEAD, len(self.before)):
            more = self.before[self.loaded : line + 2 * AHEAD]
            self.known.update(more)
            self.loaded += len(more)

    def knows(self, digest: int, line: int = 0) -> bool:
        """Whether this row stood here the last time; it is then done with, and a second one like it is news."""
        self.everything()
        if not self.finds(digest):
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

    def gone(self) -> set[int]:
        """What stood there before and was not met. Where one stood there twice, meeting it once is enough."""
        left = self.known.union(self.far or (), self.before[self.loaded :])
        left.difference_update(self.again)
        return left


def _nothing(_file: str) -> array[int]:
    return array("Q")


class Memory:
    """All files of one statement. `recall` gives the digests remembered of a file. After reading, `gone` has those that
    stand there no more; `again` and `learnt` have the others, by file."""

    def __init__(self, recall: Callable[[str], array[int]] | None = None) -> None:
        self._recall = recall or _nothing
        self.again: dict[str, array[int]] = {}
        self.learnt: dict[str, array[int]] = {}
        self.lines: dict[str, array[int]] = {}
        self.turns: dict[str, list[tuple[int, int]]] = {}
        self.gone = array("Q")

    @staticmethod
    def of(file: str) -> Remembered:
        """Nothing remembered, for a file that is looked at and not brought in."""
        return Remembered(file, array("Q"))

    def part(self, files: Iterable[str]) -> Memory:
        """A memory of its own of some files, for another process."""
        return Memory({file: self._recall(file) for file in files}.__getitem__)

    def add(self, other: Memory) -> None:
        """Take in what was read of other files."""
        for mine, others in zip(self._told(), other._told(), strict=True):
            mine.update(others)
        self.gone.extend(other.gone)

    def _told(self) -> tuple[dict[str, Any], ...]:
        return self.again, self.learnt, self.lines, self.turns

    @contextmanager
    def reading(self, file: str, *, delta: bool = False) -> Iterator[Remembered]:
        """Around the reading of one file, to its end. What a bulk file no longer has is gone; a delta takes nothing away."""
        before = self._recall(file)
        remembered = Remembered(file, array("Q") if delta else before)
        yield remembered
        self.gone.extend(remembered.gone())
        self.again[file] = before if delta else remembered.again
        self.learnt[file] = remembered.learnt
        self.lines[file] = remembered.lines
        self.turns[file] = [] if delta else remembered.turns

    def places(self, file: str, digests: set[int]) -> dict[int, int]:
        """The lines on which some remembered rows of a file stand tonight."""
        found = zip(self.again.get(file, ()), self.lines.get(file, ()), strict=False)
        return {digest: line for digest, line in found if digest in digests}

    def kept(self, file: str, *, forgotten: set[int], replaced: set[int]) -> array[int]:
        """The digests to remember of a file, in about its order. Those `replaced` are of rows that a delta replaces."""
        again, learnt, turns = self.again[file], self.learnt[file], self.turns[file]
        if not turns:
            return _without(again, forgotten | replaced) + _without(learnt, forgotten)
        ordered = array("Q")
        for begin, end in pairwise([(0, 0), *turns, (len(again), len(learnt))]):
            ordered += again[begin[0] : end[0]] + learnt[begin[1] : end[1]]
        return _without(ordered, forgotten | replaced)


def _without(digests: array[int], others: set[int]) -> array[int]:
    if len(others) > FEW:
        return array("Q", (each for each in digests if each not in others))
    digests = digests[:]
    for other in others:
        for _place in range(digests.count(other)):  # a row that stands twice is there twice
            digests.remove(other)
    return digests
