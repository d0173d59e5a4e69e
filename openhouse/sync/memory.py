"""What is remembered of the SIS's last statement: a digest of each of its rows, file by file.

A night that changes one row in a hundred need not read the other ninety-nine again. Digests are XXH3 (63 bits, seeded by
the file's name): somebody's changed row is taken for an unchanged one once in some hundred million nights of a large district.
A row that was set aside is never remembered, so it is read, and told of, every night.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, compress, count, pairwise, product
from operator import ne
from typing import Any, NamedTuple

from xxhash import xxh3_64_intdigest

MASK = (1 << 63) - 1
"""What a signed 64-bit column holds."""
FEW = 50
"""Up to so many digests are looked for in millions one by one."""
AHEAD = 8_000
"""So far ahead a row is looked for that stands neither where it is expected nor a few rows further."""
NOBODY = array("Q")
"""No digest: what stands behind the last one."""
STEPS = sorted(product(range(9), repeat=2), key=lambda step: (sum(step), abs(step[0] - step[1])))[1:]
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
        self._ahead = range(0), dict[int, int]()

    def digest(self, content: bytes) -> int:
        """The digest of a row's bytes as the source has them."""
        return xxh3_64_intdigest(content, self.seed) & MASK

    def everything(self) -> None:
        """From now on find whatever stood there before, wherever it stood."""
        if self.place < len(self.before):
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
        if self.before[self.place : self.place + 1] == array("Q", [digest]):
            self.place += 1
        else:
            self.everything()
            if not self.finds(digest):
                return False
            self.known.remove(digest)
        self.again.append(digest)
        self.lines.append(line)
        return True

    def follow(self, digests: array[int]) -> Found:
        """Which of the next rows stood there before. None of them is met yet: see `meet`."""
        found = self._found(digests)
        unknown = len(found.new) + len(self.learnt)
        many = len(digests) // 2
        if self.place < len(self.before) and max(len(found.new), unknown - len(self.again) // 10) > many:
            self.everything()  # the file has another order than the last time
            found = self._found(digests)
        return found

    def _found(self, digests: array[int]) -> Found:
        """As they stood in order, else as they were passed over, or stood anywhere."""
        unmet, place, passed = self._in_order(digests)
        new, late = list[int](), set[int]()
        for row in unmet:
            digest = digests[row]
            if digest not in late and (digest in passed or self.finds(digest)):
                late.add(digest)
            else:
                new.append(row)
        return Found(new, place, passed, late)

    def _in_order(self, digests: array[int]) -> tuple[list[int], int, set[int]]:
        """The rows that were not met, how far in `before` the last one stood that was, and what was passed over before it."""
        unmet, passed = list[int](), set[int]()
        here, there, end, before = 0, self.place, len(digests), self.before
        while here < end and there < len(before):
            alike = _alike(digests[here:], before[there : there + end - here])
            here, there = here + alike, there + alike
            if here == end:
                break
            fresh, gone = self._step(digests, here, there)
            if not fresh + gone:
                fresh, gone = self._leap(digests, here, there)
            unmet.extend(range(here, here + fresh))
            passed.update(before[there : there + gone])
            here, there = here + fresh, there + gone
        return [*unmet, *range(here, end)], there, passed

    def _step(self, digests: array[int], here: int, there: int) -> tuple[int, int]:
        """How many rows are new, and how many gone, until two are the same again; 0 and 0 where it is more than a few."""
        for fresh, gone in STEPS:
            if digests[here + fresh : here + fresh + 1] == self.before[there + gone : there + gone + 1] != NOBODY:
                return fresh, gone
        return 0, 0

    def _leap(self, digests: array[int], here: int, there: int) -> tuple[int, int]:
        """The same up to where two in turn stood further on: one alone has moved."""
        near, ahead = self._ahead  # what stands ahead serves until half of it is passed
        if there not in near:
            near, ahead = (
                range(there, there + AHEAD // 2),
                dict(zip(self.before[there : there + AHEAD], count(there), strict=False)),
            )
            self._ahead = near, ahead
        for row in range(here, len(digests)):
            some, place = digests[row : row + 2], ahead.get(digests[row], -1)
            if place >= there and some == self.before[place : place + len(some)]:
                return row - here, place - there
        return len(digests) - here, 0

    def meet(self, digests: array[int], lines: Sequence[int], found: Found) -> None:
        """These rows are done with, but for the new ones."""
        self.place = found.place
        self.known |= found.passed
        self.known -= found.late
        met = len(self.again)
        self._stands = {
            digests[row]: met + row - earlier for earlier, row in enumerate(found.new)
        }  # of copies, the last
        for some in _between(found.new, len(digests)):
            self.again.extend(digests[some])
            self.lines.extend(lines[some])

    def expect(self, digests: array[int]) -> None:
        """These rows come now, and are to be found one by one."""
        found = self.follow(digests)
        self.place = found.place
        self.known |= found.passed
        self._stands = {}
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
