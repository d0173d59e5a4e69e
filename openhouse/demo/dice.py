"""Chance that can be repeated: throws that follow from a seed and a name, in any order of asking."""

from hashlib import blake2b

_LOW = 1 << 64
"""Below this a pool is renewed: the bias of a throw stays under one in a thousand million."""


class Dice:
    """A stream of throws fixed by (seed, name...), independent of every other stream.

    One 512-bit hash holds many throws: each is taken off by division, and the next hash follows when it is used up.
    """

    __slots__ = ("_name", "_pool", "_round")

    def __init__(self, seed: int, *name: int | str) -> None:
        self._name = f"{seed}/{name}"
        self._pool = 0
        self._round = 0

    def throw(self, sides: int) -> int:
        """A whole number from 0 to sides - 1."""
        if self._pool < _LOW:
            self._round += 1
            self._pool = int.from_bytes(blake2b(f"{self._name}/{self._round}".encode()).digest())
        self._pool, face = divmod(self._pool, sides)
        return face

    def pick[T](self, things: tuple[T, ...]) -> T:
        """One of the things, each as likely as any other."""
        return things[self.throw(len(things))]

    def happens(self, per_mille: int) -> bool:
        """True in so many of a thousand cases."""
        return self.throw(1000) < per_mille
