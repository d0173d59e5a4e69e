"""One Ed-Fi XML file as records, read as it streams by: bounded in depth, text and size; no DTD, no entities.

A record is what an Ed-Fi API would give as JSON (`edfi_api.records`), with the elements that `shapes` names and no others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping
from functools import partial
from typing import Any, BinaryIO, NamedTuple
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources.edfi_xml.shapes import SHAPES, Element, Shape

DEEPEST = 24
LONGEST_TEXT = 64 * 1024
LONGEST_MARK = 256 * 1024
"""Bytes of one tag or comment, and of what the parser may hold back."""
MOST_ENTRIES = 5_000
"""Elements that are read of one record."""
CHUNK = 64 * 1024
ROOT = re.compile(r"\{http://ed-fi\.org/([456]\.\d+(?:\.\d+)?(?:-\w+)?)\}(Interchange\w+)", re.ASCII)
_FLAGS: Mapping[str, bool] = {"true": True, "1": True, "false": False, "0": False}
_VALUES: Mapping[str, Callable[[str], Any]] = {
    "text": str,
    "flag": lambda text: _FLAGS.get(text, text),
    "number": lambda text: int(text) if re.fullmatch(r"-?\d{1,9}", text, re.ASCII) else text,
}
"""What a text becomes; one that is no flag or number stays a text, which no reader takes for one."""


class Found(NamedTuple):
    """A record: its element's name, the line where it begins, its `id` in this file ("" for none), and what it says."""

    kind: str
    line: int
    id: str
    record: dict[str, Any]


class _TooMuch(Exception):
    """The file is deeper, longer or larger than any Ed-Fi file."""


class _Builder:
    """What the parser tells of elements, gathered into records. `root` is (version, interchange)."""

    def __init__(self) -> None:
        self.root: tuple[str, str] | None = None
        self.found: list[Found] = []
        self.line = 0
        self.entries = 0
        self._namespace = ""
        self._shapes: Mapping[str, Shape] = {}
        self._passed = 0  # how deep in what is not read
        self._open: list[tuple[Element, dict[str, Any]]] = []
        self._text: list[str] = []
        self._length = 0
        self.expat: Any = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._text, self._length = [], 0
        if self.root is None:
            self._begin(tag)
        elif self._passed or not (element := self._known(tag)):
            self._passed += 1
            if self._passed + len(self._open) > DEEPEST:
                raise _TooMuch("is nested deeper than any Ed-Fi file")
        else:
            self._enter(element, attributes)

    def _begin(self, tag: str) -> None:
        matched = ROOT.fullmatch(tag)
        self.root = (matched[1], matched[2]) if matched else ("", "")
        self._namespace = tag[: tag.find("}") + 1]
        self._shapes = SHAPES.get(self.root[1], {})

    def _known(self, tag: str) -> Element | None:
        if not tag.startswith(self._namespace):
            return None
        name = tag[len(self._namespace) :]
        if self._open:
            return self._open[-1][0].within.get(name)
        shape = self._shapes.get(name)
        return Element(name, "many", shape) if shape is not None else None

    def _enter(self, element: Element, attributes: Mapping[str, str]) -> None:
        self.entries += 1
        if self.entries > MOST_ENTRIES:
            raise _TooMuch("holds more in one record than any Ed-Fi file")
        if not self._open:
            self.line = self.expat.CurrentLineNumber
            record: dict[str, Any] = {"@id": attributes.get("id", "")}
        elif element.kind == "inside":
            record = self._open[-1][1]
        else:
            record = {}
            if element.kind == "reference":
                record |= {f"@{name}": attributes[name] for name in ("id", "ref") if attributes.get(name)}
        self._open.append((element, record))

    def data(self, text: str) -> None:
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            raise _TooMuch("holds a text that is longer than any in an Ed-Fi file")
        if not self._passed:
            self._text.append(text)

    def end(self, tag: str) -> None:
        if self._passed:
            self._passed -= 1
        elif self._open:
            element, record = self._open.pop()
            if self._open:
                self._put(element, record)
            else:
                self.found.append(Found(element.name, self.line, record.pop("@id"), record))
                self.entries = 0
        self._text, self._length = [], 0

    def _put(self, element: Element, record: dict[str, Any]) -> None:
        """Add what an element says to what it stands in. What should stand once and stands twice is a list: no reader takes it."""
        above = self._open[-1][1]
        text = "".join(self._text).strip()
        match element.kind:
            case "many" if element.within:
                above.setdefault(element.name, []).append(record)
            case "many":  # a descriptor alone, which JSON wraps in an object
                above.setdefault(element.name, []).append({_WRAPPED[element.name]: text})
            case "reference":
                above[element.name] = [above[element.name], record] if element.name in above else record
            case "inside":
                pass
            case _:
                value = _VALUES[element.kind](text)
                if value != "":
                    above[element.name] = [above[element.name], value] if element.name in above else value

    def close(self) -> None:
        """Asked for by the parser."""


_WRAPPED = {"uses": "languageUseDescriptor"}


def read(name: str, file: BinaryIO) -> Generator[tuple[str, str] | Found]:
    """Yield (version, interchange), then the file's records. Raises SourceRefused, with the line and never a value."""
    builder = _Builder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    builder.expat = parser.parser
    told = False
    fed = reached = 0
    try:
        for chunk in iter(partial(file.read, CHUNK), b""):
            parser.feed(chunk)
            fed, reached = fed + len(chunk), max(reached, parser.parser.CurrentByteIndex)
            if fed - reached > LONGEST_MARK + CHUNK:
                raise _TooMuch("holds a tag or a comment that is longer than any in an Ed-Fi file")
            if builder.root and not told:
                told = True
                yield builder.root
            yield from builder.found
            builder.found.clear()
        parser.close()
    except _TooMuch as error:
        raise SourceRefused(f"{name}, line {parser.parser.CurrentLineNumber}, {error}. Export it again.") from None
    except DefusedXmlException:
        raise SourceRefused(
            f"{name}, line {parser.parser.CurrentLineNumber}: it defines a document type or entities, as no Ed-Fi file does. "
            "Export it again."
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        line = error.position[0] if isinstance(error, ParseError) else parser.parser.CurrentLineNumber
        raise SourceRefused(
            f"{name}, line {line}: it is no well-formed XML, or ends too soon. Export it again."
        ) from None
