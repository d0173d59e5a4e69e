"""How to reach somebody: of several e-mails, phones, addresses and languages, the one to use (or none).

What is marked *do not publish*, faxes, emergency, unlisted and work numbers are passed over; so is every type of address but
mailing, home and physical, since some of the others tell that a family has no home.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from openhouse.sync.sources import Notices
from openhouse.sync.sources.edfi_api import words
from openhouse.sync.sources.edfi_api.records import Fault, Record, code, day, find, items, plain

ADDRESSES = ("mailing", "home", "physical")
FAMILY_LANGUAGES = ("correspondence language", "written language", "home language", "dominant language")
STUDENT_LANGUAGES = ("home language", "correspondence language", "dominant language", "native language")


class Address(NamedTuple):
    """Where somebody lives; blank where the record has no address to show."""

    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""


def family_email(record: Record, notices: Notices) -> str:
    """A family's e-mail: personal, else another one, never one at work."""
    return _email(record, ("home/personal", "other"), words.is_confidential, notices)


def staff_email(record: Record, notices: Notices) -> str:
    """The e-mail with which somebody signs in at work, never a personal one."""
    return _email(record, ("work", "organization"), lambda kind: kind.startswith(("home", "personal")), notices)


def _email(record: Record, kinds: Sequence[str], never: Callable[[str], bool], notices: Notices) -> str:
    """Of the first of those types, else of one that nobody knows; the primary one first."""
    found = []
    for place, item in _shown(record, "electronicMails", notices):
        kind = _kind(item, "electronicMailTypeDescriptor", notices)
        address = "" if never(kind) else plain(item, "electronicMailAddress", notices)
        if address:
            found.append((_rank(kind, kinds), find(item, "primaryEmailAddressIndicator") is not True, place, address))
    return min(found)[-1] if found else ""


def phones(record: Record, notices: Notices) -> tuple[str, str]:
    """A phone (home first) and a mobile (one that takes text messages first), by the SIS's own order within that."""
    phone, mobile = [], []
    for place, item in _shown(record, "telephones", notices):
        kind = _kind(item, "telephoneNumberTypeDescriptor", notices)
        number = "" if words.is_confidential(kind) else plain(item, "telephoneNumber", notices)
        said = find(item, "orderOfPriority")
        order = said if isinstance(said, int) else 1 << 31
        if number and kind.startswith(("mobile", "cell")):
            mobile.append((find(item, "textMessageCapabilityIndicator") is not True, order, place, number))
        elif number:
            phone.append((_rank(kind, ("home",)), order, place, number))
    return (min(phone)[-1] if phone else "", min(mobile)[-1] if mobile else "")


def address(record: Record, today: str, notices: Notices) -> Address:
    """The mailing, else home, else physical address that holds today."""
    found = []
    for place, item in _shown(record, "addresses", notices):
        kind = _kind(item, "addressTypeDescriptor", notices)
        if kind in ADDRESSES and _holds(item, today, notices):
            street = plain(item, "streetNumberName", notices)
            rooms = plain(item, "apartmentRoomSuiteNumber", notices)
            state = plain(item, "stateAbbreviationDescriptor", notices).rpartition("#")[2]
            parts = (" ".join(filter(None, (street, rooms)))[:255], plain(item, "city", notices), state)
            found.append((ADDRESSES.index(kind), place, Address(*parts, plain(item, "postalCode", notices))))
    return min(found)[-1] if found else Address()


def language(record: Record, uses: Sequence[str], notices: Notices) -> str:
    """The language of the first of those uses, as BCP 47; where no use is said, the only language there is."""
    used, unsaid = [], []
    for place, item in enumerate(items(record, "languages", notices)):
        spoken = _kind(item, "languageDescriptor", notices)
        said = [_kind(use, "languageUseDescriptor", notices) for use in items(item, "uses", notices)]
        used += [(uses.index(use), place, spoken) for use in said if use in uses]
        unsaid += [] if said else [spoken]
    chosen = min(used)[-1] if used else unsaid[0] if len(unsaid) == 1 else ""
    tag = words.language(chosen)
    if chosen and not tag:
        notices.warnings["language that the portal has no code for; left blank"] += 1
    return tag


def _shown(record: Record, path: str, notices: Notices) -> Iterator[tuple[int, Record]]:
    """The items of a collection that may be published, with their places."""
    for place, item in enumerate(items(record, path, notices)):
        if find(item, "doNotPublishIndicator") in (None, False):
            yield place, item


def _kind(item: Record, path: str, notices: Notices) -> str:
    """An item's descriptor in lower case; one that cannot be read is none that anybody knows."""
    try:
        return code(item, path).lower()
    except Fault as fault:
        notices.warnings[f"{path} {fault.reason}; not read"] += 1
        return ""


def _rank(kind: str, kinds: Sequence[str]) -> int:
    return kinds.index(kind) if kind in kinds else len(kinds)


def _holds(item: Record, today: str, notices: Notices) -> bool:
    """Whether one of an address's periods holds on that day; an address without periods always does."""
    periods = list(items(item, "periods", notices))
    try:
        spans = [(day(period, "beginDate") or "", day(period, "endDate") or "9999-12-31") for period in periods]
    except Fault as fault:
        notices.warnings[f"periods.{fault.field} {fault.reason}; that address is not read"] += 1
        return False
    return not spans or any(begin <= today <= end for begin, end in spans)
