"""Part of a large export is read by a process of its own, beside the other part: a program in Python uses one core.

That process makes what it reads ready for the database, and hands it over; nobody but the run itself writes.
"""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import pickle
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings

from openhouse.sync import databases
from openhouse.sync.batches import Packed, Row, row_type_of
from openhouse.sync.memory import Memory
from openhouse.sync.refusals import Elsewhere, SyncRefused, kind_and_place
from openhouse.sync.sources import Notices, Parted, Source

if TYPE_CHECKING:  # its models are none yet when the other process begins
    from openhouse.policy.values import Policy

LARGE = 32 * 1024**2
"""Bytes from which on another process is worth its start, which takes half a second of one core."""
FOR_NEW_ROWS, FOR_KNOWN_ROWS = 0.6, 0.55
"""Which share the other process reads: more where the run has much to take over from it."""
ROOM = 1 << 20
"""Bytes that may wait to be taken over, so that neither process waits for the other."""


def batches(
    source: Source, policy: Policy, notices: Notices, memory: Memory, vendor: str
) -> Generator[tuple[int, Sequence[Row] | Packed]]:
    """As `source.batches`, read by two processes where the source has parts, is large, and there is a core for each. `vendor` is
    that of the database."""
    if not isinstance(source, Parted) or source.size < LARGE or len(os.sched_getaffinity(0)) < 2:
        yield from source.batches(policy, notices, memory)
        return
    own, other = source.parts(FOR_NEW_ROWS if memory.is_new else FOR_KNOWN_ROWS)
    if not own.files:  # one file alone
        yield from source.batches(policy, notices, memory)
        return
    done = 0
    with _started(pickle.dumps((other, policy, memory.part(other.files), vendor))) as beside:
        for done, batch in own.batches(policy, notices, memory):
            yield done + beside.done, batch
            for packed in beside.ready():
                yield done + beside.done, packed
        for packed in beside.rest():
            yield done + beside.done, packed
    notices.add(beside.told.notices)
    memory.add(beside.told.memory)


class Told(NamedTuple):
    """What the other process says last."""

    notices: Notices
    memory: Memory


class _Beside:
    """The other process, as the run sees it. `done` says how much of its part it has read."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe, self.done, self.is_over = pipe, 0, False
        self.told = Told(Notices(), Memory())

    def ready(self) -> Iterator[Packed]:
        """What waits to be taken over now."""
        while not self.is_over and self.pipe.poll():
            yield from self._next()

    def rest(self) -> Iterator[Packed]:
        """All that is still to come."""
        while not self.is_over:
            yield from self._next()

    def _next(self) -> Iterator[Packed]:
        try:
            found = self.pipe.recv()
        except (EOFError, OSError) as error:  # between two messages, or in the middle of one
            raise SyncRefused(
                "A process that reads some of the files ended before it was done: has the machine too little memory? Sync again."
            ) from error
        match found:
            case Told():
                self.told, self.is_over = found, True
            case BaseException():
                raise found
            case _:
                self.done, packed = found
                yield packed


@contextmanager
def _started(task: bytes) -> Iterator[_Beside]:
    spawning = multiprocessing.get_context("spawn")  # a fork would have the run's connection
    ours, theirs = spawning.Pipe(duplex=False)
    with suppress(OSError):  # not everybody may have so much room, and it is only quicker with it
        fcntl.fcntl(theirs.fileno(), fcntl.F_SETPIPE_SZ, ROOM)
    process = spawning.Process(target=_read, args=(theirs, task, settings.SETTINGS_MODULE), daemon=True)
    with ours:
        with theirs, _without_interrupts():
            process.start()
        try:
            yield _Beside(ours)
        finally:
            ours.close()  # then it ends, if it is not over already
            process.terminate()
            process.join()
            process.close()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """What is started within never hears Ctrl-C: whoever started it ends it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _read(pipe: Connection, task: bytes, module: str) -> None:
    """The other process. Whoever started it may be gone at any time: then nobody takes over, and it ends."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = module
    django.setup()
    with suppress(BrokenPipeError):
        try:
            last: Told | Exception = _all_of(task, pipe.send)
        except SyncRefused as refused:
            last = refused
        except Exception as error:  # its own text could hold a value out of a file
            last = Elsewhere(kind_and_place(error))
        pipe.send(last)


def _all_of(task: bytes, hand_over: Callable[[tuple[int, Packed]], None]) -> Told:
    source, policy, memory, vendor = pickle.loads(task)  # noqa: S301 (from the run that started this process)
    notices, told = Notices(), Memory()
    pack = databases.BY_VENDOR[vendor].pack
    for done, batch in source.batches(policy, notices, memory):
        if batch:
            hand_over((done, Packed(row_type_of(batch), pack(batch))))
    told.add(memory)  # without what was recalled, which the run knows
    return Told(notices, told)
