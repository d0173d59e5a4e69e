"""References within one file: `<ContactReference ref="C1"/>` stands for the contact whose element has `id="C1"`.

Ids hold in their own file alone (XML Schema's IDREF). A record that points to one that has not come yet waits for the file's
end; one that then points to nobody is set aside by its reader, for its key is blank.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from openhouse.sync.sources.edfi_xml.elements import Found

KEYS = {
    "Student": ("studentReference", "studentUniqueId"),
    "Contact": ("contactReference", "contactUniqueId"),
    "Parent": ("parentReference", "parentUniqueId"),
    "School": ("schoolReference", "schoolId"),
    "LocalEducationAgency": ("localEducationAgencyReference", "localEducationAgencyId"),
    "Staff": ("staffReference", "staffUniqueId"),
}
NAMES = {**dict(KEYS.values()), "educationOrganizationReference": "educationOrganizationId"}
"""The key of what each reference points to."""


def resolved(records: Iterable[Found]) -> Iterator[Found]:
    """The records with their references replaced by what they point to."""
    known: dict[str, str] = {}
    waiting: list[Found] = []
    for found in records:
        _note(found, known)
        if _resolve(found.record, known):
            yield found
        else:
            waiting.append(found)
    for found in waiting:
        _resolve(found.record, known)
        yield found


def _note(found: Found, known: dict[str, str]) -> None:
    if found.id and found.kind in KEYS:
        unique_id = found.record.get(KEYS[found.kind][1])
        if isinstance(unique_id, str):
            known[found.id] = unique_id
    for name, key in NAMES.items():
        reference = found.record.get(name)
        if isinstance(reference, dict) and "@id" in reference:
            named = reference.pop("@id")
            if isinstance(reference.get(key), str):
                known[named] = reference[key]


def _resolve(record: dict[str, Any], known: dict[str, str]) -> bool:
    """Replace what can be; whether nothing is left."""
    whole = True
    for name, key in NAMES.items():
        reference = record.get(name)
        if isinstance(reference, dict) and "@ref" in reference:
            if (pointed := known.get(reference["@ref"])) is None:
                whole = False
            else:
                del reference["@ref"]
                said = reference.setdefault(key, pointed)
                if said != pointed:  # an identity that contradicts the reference: no reader takes a list
                    reference[key] = [said, pointed]
    return whole
