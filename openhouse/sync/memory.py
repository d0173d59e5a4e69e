"""What is remembered of the SIS's last statement: a digest of each of its rows, file by file.

A night that changes one row in a hundred need not read the other ninety-nine again. Digests are XXH3 (63 bits, seeded by
the file's name): somebody's changed row is taken for an unchanged one once in some hundred million nights of a large district.
A row that was set aside is never remembered, so it is read, and told of, every night.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, compress, count, pairwise
from operator import ne
from typing import Any, NamedTuple

from xxhash import xxh3_64_intdigest

MASK = (1 << 63) - 1
"""What a signed 64-bit column holds."""
FEW = 50
"""Up to so many digests are looked for in millions one by one."""
AHEAD = 4_000
"""So far ahead a row is looked for that does not stand where it is expected, or a few rows further."""
NONE = array("Q")
STEPS = sorted(
    ((rows, others) for rows in range(9) for others in range(9)), key=lambda step: (sum(step), abs(step[0] - step[1]))
)[1:]
"""How many new rows, and how many that are gone, may lie between two that are followed: the likeliest first."""


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


class Found(NamedTuple):
    """What `Remembered.follow` found of some rows: the places of those that are `new`, how far in `before` the others end, what was
    `passed` over on the way there, and what was met `late`, after it had been passed over."""

    new: list[int]
    place: int
    passed: set[int]
    late: set[int]


class Remembered:
    """One file while it is read. `again` are the digests that stood there before, `learnt` those of new rows without fault.

    Files keep their order from night to night, as a rule. So what stood there before (`before`, in that order) is followed row by
    row, up to `place`, at the price of comparing two numbers. What was passed over is `known`, and may come later; `far` is the
    rest, once the file is seen to have another order. Each is met once: a second row like it is news.
    """

    def __init__(self, file: str, before: array[int]) -> None:
        self.seed = xxh3_64_intdigest(file.encode())
        self.before = before
        self.place = 0
        self.known: set[int] = set()
        self.far: Spread | None = None
        self.again = array("Q")
        self.lines = array("I")
        self.learnt = array("Q")
        self.stands = array("I")
        self._stands: dict[int, int] = {}

    def digest(self, content: bytes) -> int:
        """The digest of a row's bytes as the source has them."""
        return xxh3_64_intdigest(content, self.seed) & MASK

    def everything(self) -> None:
        """From now on find whatever stood there before, wherever it stood."""
        if self.far is None:
            self.far = Spread(self.before[self.place :])
            self.place = len(self.before)

    def finds(self, digest: int) -> bool:
        """Whether it is known, or becomes so because it stood far away."""
        if digest in self.known:
            return True
        if self.far is None or not self.far.take(digest):
            return False
        self.known.add(digest)
        return True

    def knows(self, digest: int, line: int = 0) -> bool:
        """Whether this row stood here the last time; it is then done with, and a second one like it is news."""
        self.everything()
        if not self.finds(digest):
            return False
        self.known.remove(digest)
        self.again.append(digest)
        self.lines.append(line)
        return True

    def follow(self, digests: array[int]) -> Found:
        """Which of the next rows stood there before. Nothing is done with them yet: `meet` them, or `expect` them one by one."""
        found = self._in_order(digests)
        if self.far is None and 2 * len(found.new) > len(digests):  # the file has another order than the last time
            self.everything()
            found = self._in_order(digests)
        new = []
        for row in found.new:
            digest = digests[row]
            if digest not in found.late and (digest in found.passed or self.finds(digest)):
                found.late.add(digest)
            else:
                new.append(row)
        return found._replace(new=new)

    def _in_order(self, digests: array[int]) -> Found:
        new, passed = list[int](), set[int]()
        here, there, before, end = 0, self.place, self.before, len(digests)
        while there < len(before):
            alike = _alike(digests[here:], before[there : there + end - here])
            here, there = here + alike, there + alike
            if here == end:
                return Found(new, there, passed, set())
            for rows, others in STEPS:
                if digests[here + rows : here + rows + 1] == before[there + others : there + others + 1] != NONE:
                    new.extend(range(here, here + rows))
                    passed.update(before[there : there + others])
                    here, there = here + rows, there + others
                    break
            else:
                return self._leap(digests, Found([*new, *range(here, end)], there, passed, set()))
        return Found([*new, *range(here, end)], there, passed, set())

    def _leap(self, digests: array[int], found: Found) -> Found:
        """Look for new rows in whatever order they stood somewhat further on. What stood before the last of them is passed."""
        ahead = self.before[found.place : found.place + AHEAD]
        places = dict(zip(ahead, count(found.place), strict=False))
        met = {row: places.pop(digests[row]) for row in found.new if digests[row] in places}
        end = max(met.values(), default=found.place - 1) + 1
        passed = {*ahead[: end - found.place]} & places.keys()
        return Found([row for row in found.new if row not in met], end, found.passed | passed, set())

    def meet(self, digests: array[int], lines: Sequence[int], found: Found) -> None:
        """These rows are done with, but for the new ones."""
        self.place = found.place
        self.known |= found.passed
        self.known -= found.late
        met = len(self.again)
        self._stands = {digests[row]: met + row - earlier for earlier, row in enumerate(found.new)}
        for some in _between(found.new, len(digests)):
            self.again.extend(digests[some])
            self.lines.extend(lines[some])

    def expect(self, digests: array[int], found: Found) -> None:
        """These rows come now, and are to be found one by one."""
        self.place = found.place
        self._stands = {}
        self.known |= found.passed
        for some in _between(found.new, len(digests)):
            self.known.update(digests[some])

    def learn(self, *digests: int) -> None:
        """Remember new rows, once they were read without a fault. `stands` says how many of `again` stand before each."""
        self.learnt.extend(digests)
        if self.before:
            self.stands.extend(self._stands.get(digest, len(self.again)) for digest in digests)

    def gone(self) -> set[int]:
        """What stood there before and was not met. Where one stood there twice, meeting it once is enough."""
        left = self.known.union(self.far or (), self.before[self.place :])
        left.difference_update(self.again)
        return left


def _alike(some: array[int], others: array[int]) -> int:
    """How many of them are the same from the first on."""
    return next(compress(count(), map(ne, some, others)), min(len(some), len(others)))


def _between(places: Sequence[int], end: int) -> Iterator[slice]:
    """Everything but these places."""
    for before, after in pairwise([-1, *places, end]):
        yield slice(before + 1, after)


def _nothing(_file: str) -> array[int]:
    return array("Q")


class Memory:
    """All files of one statement. `recall` gives the digests remembered of a file; where there is none, all is new. After reading,
    `gone` has those that stand there no more; `again` and `learnt` have the others, by file."""

    def __init__(self, recall: Callable[[str], array[int]] | None = None) -> None:
        self.is_new = recall is None
        self._recall = recall or _nothing
        self.again: dict[str, array[int]] = {}
        self.learnt: dict[str, array[int]] = {}
        self.lines: dict[str, array[int]] = {}
        self.stands: dict[str, array[int]] = {}
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
        return self.again, self.learnt, self.lines, self.stands

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
        self.stands[file] = remembered.stands

    def places(self, file: str, digests: set[int]) -> dict[int, int]:
        """The lines on which some remembered rows of a file stand tonight."""
        found = zip(self.again.get(file, ()), self.lines.get(file, ()), strict=False)
        return {digest: line for digest, line in found if digest in digests}

    def kept(self, file: str, *, forgotten: set[int], replaced: set[int]) -> array[int]:
        """The digests to remember of a file, in its order. Those `replaced` are of rows that a delta replaces."""
        again, learnt, stands = self.again[file], self.learnt[file], self.stands[file]
        if not stands:
            return _without(again, forgotten | replaced) + _without(learnt, forgotten)
        ordered, done = array("Q"), 0
        for digest, stood in zip(learnt, stands, strict=True):
            ordered.extend(again[done:stood])
            ordered.append(digest)
            done = max(done, stood)
        return _without(ordered + again[done:], forgotten | replaced)


def _without(digests: array[int], others: set[int]) -> array[int]:
    if len(others) > FEW:
        return array("Q", (each for each in digests if each not in others))
    digests = digests[:]
    for other in others:
        for _place in range(digests.count(other)):  # a row that stands twice is there twice
            digests.remove(other)
    return digests
