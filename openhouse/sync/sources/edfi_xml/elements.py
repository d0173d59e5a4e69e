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
ROOT = re.compile(r"http://ed-fi\.org/([456]\.\d+(?:\.\d+)?(?:-\w+)?)\}(Interchange\w+)", re.ASCII)
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
        self._known: Shape = {}  # what may stand here, by its whole name
        self._above: list[Shape] = []
        self._passed = 0  # how deep in what is not read
        self._open: list[tuple[Element, dict[str, Any]]] = []
        self._text: list[str] = []
        self._length = 0
        self.expat: Any = None

    def start(self, tag: str, attributes: list[str]) -> None:
        """An element begins. Its name is `namespace}Name`; attributes are names and values in turn."""
        if self.root is None:
            self._begin(tag)
        elif self._passed or not (element := self._known.get(tag)):
            self._pass()
        else:
            self._enter(element, attributes)
        self._text, self._length = [], 0

    def _begin(self, tag: str) -> None:
        matched = ROOT.fullmatch(tag)
        self.root = (matched[1], matched[2]) if matched else ("", "")
        namespace = tag[: tag.find("}") + 1]
        self._known = {
            f"{namespace}{name}": Element(name, "many", qualified(shape, namespace))
            for name, shape in SHAPES.get(self.root[1], {}).items()
        }

    def _pass(self) -> None:
        if not self._passed and self._open and not self._open[-1][0].within:
            self._open[-1][1]["@child"] = True  # where a text should stand: `_put` makes it unreadable
        self._passed += 1
        if self._passed + len(self._open) > DEEPEST:
            raise _TooMuch("is nested deeper than any Ed-Fi file")

    def _enter(self, element: Element, attributes: list[str]) -> None:
        self.entries += 1
        if self.entries > MOST_ENTRIES:
            raise _TooMuch("holds more in one record than any Ed-Fi file")
        record: dict[str, Any] = {}
        if not self._open:
            self.line = self.expat.CurrentLineNumber
            record["@id"] = _named(attributes).get("id", "")
        elif element.kind == "inside":
            record = self._open[-1][1]
        elif element.kind == "reference":
            named = _named(attributes)
            record = {f"@{name}": named[name] for name in ("id", "ref") if named.get(name)}
        self._open.append((element, record))
        self._above.append(self._known)
        self._known = element.within

    def data(self, text: str) -> None:
        """Text, or a part of one."""
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            raise _TooMuch("holds a text that is longer than any in an Ed-Fi file")
        if not self._passed:
            self._text.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._passed:
            self._passed -= 1
        elif self._open:
            element, record = self._open.pop()
            self._known = self._above.pop()
            if self._open:
                self._put(element, record, self._open[-1][1])
            else:
                self.found.append(Found(element.name, self.line, record.pop("@id"), record))
                self.entries = 0
        self._text, self._length = [], 0

    def _put(self, element: Element, record: dict[str, Any], above: dict[str, Any]) -> None:
        """Add what an element says to what it stands in. What no reader should take for a fact becomes a list: what stands
        twice and should stand once, and a text with an element in it, which would lose a part of a restriction."""
        name, kind = element.name, element.kind
        if kind == "inside":
            return
        if kind == "many":
            said: Any = record if element.within else {_WRAPPED[name]: self._value("text", record)}
            above.setdefault(name, []).append(said)
        elif (said := record if kind == "reference" else self._value(kind, record)) != "":
            above[name] = [above[name], said] if name in above else said

    def _value(self, kind: str, record: dict[str, Any]) -> Any:
        value = _VALUES[kind]("".join(self._text).strip())
        return [value] if record else value


def qualified(shape: Shape, namespace: str) -> Shape:
    """A shape with whole names."""
    return {
        f"{namespace}{name}": element._replace(within=qualified(element.within, namespace))
        for name, element in shape.items()
    }


def _named(attributes: list[str]) -> dict[str, str]:
    return dict(zip(attributes[::2], attributes[1::2], strict=True))


_WRAPPED = {"uses": "languageUseDescriptor"}


def read(name: str, file: BinaryIO) -> Generator[tuple[str, str] | Found]:
    """Yield (version, interchange), then the file's records. Raises SourceRefused, with the line and never a value."""
    builder = _Builder()
    parser = DefusedXMLParser(target=object(), forbid_dtd=True)
    expat = builder.expat = parser.parser
    expat.StartElementHandler = builder.start  # at once: on its way through ElementTree a name costs as much again
    expat.EndElementHandler = builder.end
    expat.CharacterDataHandler = builder.data
    told = False
    fed = reached = 0
    try:
        for chunk in iter(partial(file.read, CHUNK), b""):
            parser.feed(chunk)
            fed, reached = fed + len(chunk), max(reached, expat.CurrentByteIndex)
            if fed - reached > LONGEST_MARK + CHUNK:
                raise _TooMuch("holds a tag or a comment that is longer than any in an Ed-Fi file")
            if builder.root and not told:
                told = True
                yield builder.root
            yield from builder.found
            builder.found.clear()
        parser.close()
    except _TooMuch as error:
        raise SourceRefused(f"{name}, line {expat.CurrentLineNumber}, {error}. Export it again.") from None
    except DefusedXmlException:
        raise SourceRefused(
            f"{name}, line {expat.CurrentLineNumber}: it defines a document type or entities, as no Ed-Fi file does. "
            "Export it again."
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        line = error.position[0] if isinstance(error, ParseError) else expat.CurrentLineNumber
        raise SourceRefused(
            f"{name}, line {line}: it is no well-formed XML, or ends too soon. Export it again."
        ) from None
