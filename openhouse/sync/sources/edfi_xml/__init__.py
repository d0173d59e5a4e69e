"""Ed-Fi interchange files (XML of Data Standard 4 to 6), as a zip or a folder (docs/sources/edfi-xml.md).

Each element becomes the record that an Ed-Fi API would give, and the readers of `edfi_api` say what it means: a district that
changes from files to the API keeps every id. What several files say of one resource is read as if it stood in one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.utils import timezone

from openhouse.policy.values import Policy
from openhouse.sync.batches import Row, SetAside
from openhouse.sync.memory import Memory, Remembered
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.edfi_api.associations import Assignments, Enrolments, Pairs
from openhouse.sync.sources.edfi_api.organizations import Agencies, Schools
from openhouse.sync.sources.edfi_api.people import Contacts, Staff, Students
from openhouse.sync.sources.edfi_api.reader import Reader
from openhouse.sync.sources.edfi_api.reading import ASSOCIATION, Choices, Reading
from openhouse.sync.sources.edfi_api.records import Fault, canonical, told
from openhouse.sync.sources.edfi_xml import elements
from openhouse.sync.sources.edfi_xml.elements import Found
from openhouse.sync.sources.edfi_xml.references import resolved
from openhouse.sync.sources.edfi_xml.shapes import SHAPES
from openhouse.sync.sources.oneroster_csv.package import Package, unpack
from openhouse.sync.sources.oneroster_csv.sheet import forbidden

ROWS_A_BATCH = 5000
LONGEST_FILE_NAME = 60
ABOUT = "StudentEducationOrganizationAssociation"


class EdFiXml:
    """A package whose files' first elements were read; see `sync.sources.Source`. Interchange files are always bulk."""

    def __init__(self, package: Package, *, written_at: datetime | None, choices: Choices) -> None:
        if forbidden(choices.student_number_system):
            raise SourceRefused(
                "The setting student_number_system names social security numbers, which are never read."
            )
        self._package = package
        self._choices = choices
        version, self._interchanges = interchanges(package)
        self._adult = "parent" if version.startswith("4.") else "contact"
        self.name = f"Ed-Fi {version} XML"
        self.written_at = written_at or package.written_at
        self._steps = steps(self._adult)
        for interchange in {interchange for interchange, _ in self._steps}:
            if interchange not in self._interchanges:
                raise SourceRefused(f"There is no {interchange} file, and a portal needs it. Export it too.")
        resources = [reader.name for _, readers in self._steps for reader in readers.values()]
        self.files: Mapping[str, str] = dict.fromkeys((*resources, ASSOCIATION), "bulk")
        self.size = sum(package.sizes[name] for step, _ in self._steps for name in self._interchanges[step])

    def mark(self) -> str:
        """A digest of the bytes of all files that are read, and of the district's choices, which decide what they say."""
        names = sorted({name for step, _ in self._steps for name in self._interchanges[step]})
        return f"{self._package.mark(names)} {self._choices}"

    def batches(self, policy: Policy, notices: Notices, memory: Memory) -> Iterator[tuple[int, Sequence[Row]]]:
        """Yield (bytes read so far, a batch). An interchange is read once for each step that needs it."""
        today = timezone.localdate(self.written_at).isoformat()
        reading = Reading(self._choices, notices, self._adult, today)
        done = 0
        for interchange, readers in self._steps:
            with ExitStack() as stack:
                names = [reader.name for reader in readers.values()] or [ASSOCIATION]
                remembered = {name: stack.enter_context(memory.reading(name)) for name in names}
                step = _Step(readers, reading, remembered)
                for name in self._interchanges[interchange]:
                    with self._package.open(name) as file:
                        for read, batch in step.batches(name, file):
                            yield done + read, batch
                    done += self._package.sizes[name]
                step.end(interchange)


def steps(adult: str) -> tuple[tuple[str, Mapping[str, Reader]], ...]:
    """Which interchange is read when, and who reads which of its elements; nobody: what is said about students is gathered."""
    word = adult.capitalize()
    return (
        ("InterchangeEducationOrganization", {"LocalEducationAgency": Agencies(), "School": Schools()}),
        ("InterchangeStudentEnrollment", {}),
        ("InterchangeStudent", {"Student": Students()}),
        (f"Interchange{word}", {word: Contacts(adult), f"Student{word}Association": Pairs(adult)}),
        ("InterchangeStudentEnrollment", {"StudentSchoolAssociation": Enrolments()}),
        (
            "InterchangeStaffAssociation",
            {"Staff": Staff(), "StaffEducationOrganizationAssignmentAssociation": Assignments()},
        ),
    )


class _Step:
    """One interchange's files, read by some readers."""

    def __init__(self, readers: Mapping[str, Reader], reading: Reading, remembered: Mapping[str, Remembered]) -> None:
        self.readers = readers
        self.reading = reading
        self.remembered = remembered
        self.counts = dict.fromkeys(remembered, 0)
        self.above = 0  # lines of the files before: no two rows of a resource stand on one line
        self.line = 0

    def batches(self, name: str, file: BinaryIO) -> Iterator[tuple[int, list[Row]]]:
        """Yield (bytes of the file read so far, rows of one type)."""
        waiting: dict[type, list[Row]] = defaultdict(list)
        many = 0
        self.line = 0
        shown = name[-LONGEST_FILE_NAME:]
        with closing(elements.read(name, file)) as stream:
            next(stream)
            for found in resolved(each for each in stream if isinstance(each, Found)):
                self.line = max(self.line, found.line)
                for row in self.rows(shown, found):
                    waiting[type(row)].append(row)
                    many += 1
                if many >= ROWS_A_BATCH:
                    yield from ((file.tell(), batch) for batch in waiting.values())
                    waiting.clear()
                    many = 0
        yield from ((file.tell(), batch) for batch in waiting.values())
        self.above += self.line

    def rows(self, file: str, found: Found) -> Iterator[Row]:
        """What one element says, if it is news; of one that breaks a rule, why it is set aside and whose facts stay."""
        if found.kind == ABOUT and ASSOCIATION in self.remembered:
            yield from self.remember(file, found)
        reader = self.readers.get(found.kind)
        if not reader:
            return
        remembered = self.remembered[reader.name]
        self.counts[reader.name] += 1
        try:
            said: list[Any] = list(reader.read(found.record, self.reading))
        except Fault as fault:
            yield aside(file, found, fault, remembered)
            yield from reader.hold(found.record)
            return
        digest = remembered.digest(repr(said).encode())  # of all that decided the rows, in whatever file it stands
        if said and not remembered.knows(digest, self.above + found.line):
            yield from (row._replace(line=self.above + found.line, digest=digest) for row in said)
            remembered.learn(digest)

    def remember(self, file: str, found: Found) -> Iterator[Row]:
        """Keep what an association says about its student until the student is read."""
        self.counts[ASSOCIATION] += 1
        try:
            self.reading.remember(found.record)
        except Fault as fault:
            yield aside(file, found, fault, self.remembered[ASSOCIATION])
            self.reading.distrust(found.record)

    def end(self, interchange: str) -> None:
        """Tell the counts. Raises SourceRefused for an interchange that names nobody."""
        self.reading.notices.read.update(self.counts)
        if self.readers and not any(self.counts.values()):
            raise SourceRefused(f"{interchange} holds no record, as if nobody were there. Export it again.")


def aside(file: str, found: Found, fault: Fault, remembered: Remembered) -> SetAside:
    """Where a record breaks a rule, and why."""
    digest = remembered.digest(canonical(found.record))
    return SetAside(file, found.line, fault.field, fault.reason, told(found.record, fault.field), digest)


def interchanges(package: Package) -> tuple[str, dict[str, list[str]]]:
    """The version of the data standard, and the files of each interchange that is read. Raises SourceRefused."""
    versions: set[str] = set()
    files: dict[str, list[str]] = defaultdict(list)
    for name in sorted(_xml(package)):
        with package.open(name) as file, closing(elements.read(name, file)) as stream:
            root = next(stream, None)
        if isinstance(root, tuple) and not isinstance(root, Found) and root[1] in SHAPES:
            versions.add(root[0])
            files[root[1]].append(name)
    if not files:
        raise SourceRefused(
            "There is no Ed-Fi interchange file of Data Standard 4, 5 or 6 (its first element names an interchange, and a "
            "namespace such as http://ed-fi.org/5.2.0). Export these."
        )
    if len(versions) > 1:
        raise SourceRefused("The files are of several versions of the data standard. Export all of them anew.")
    return versions.pop(), dict(files)


def _xml(package: Package) -> Iterable[str]:
    return (name for name in package.sizes if name.lower().endswith(".xml"))


def is_edfi_xml(package: Package) -> bool:
    """Whether a package holds XML files: of all that is read, Ed-Fi's alone are."""
    return any(_xml(package))


def open_edfi_xml(path: Path, *, written_at: datetime | None = None, choices: Choices | None = None) -> EdFiXml:
    """Open a zip or folder. `written_at` is when it was exported, else when its files were written. Raises SourceRefused."""
    return EdFiXml(unpack(path), written_at=written_at, choices=choices or Choices())
