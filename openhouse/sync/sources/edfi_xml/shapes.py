"""Which elements of an Ed-Fi XML file are read, and what an Ed-Fi API calls them: nothing else of a record is ever kept.

Data Standards 4 to 6, interchanges of the bulk XSD. The XML has a singular element for each entry of a JSON collection, names
descriptors without the word, and wraps names, birth data and references once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

type Kind = Literal["text", "flag", "number", "inside", "many", "reference"]
"""`inside`: its children are the parent's own properties. `reference`: the same, beneath one `…Identity`, or a `ref`."""


class Element(NamedTuple):
    """What an element becomes: the property's name ("" for `inside`), and the elements in it that are read."""

    name: str
    kind: Kind = "text"
    within: dict[str, Element] = {}


type Shape = dict[str, Element]


def _texts(words: str) -> Shape:
    """Elements whose property has the same name with a small first letter."""
    return {word: Element(word[0].lower() + word[1:]) for word in words.split()}


def _descriptors(words: str) -> Shape:
    return {word: Element(f"{word[0].lower()}{word[1:]}Descriptor") for word in words.split()}


def _flags(words: str) -> Shape:
    return {word: Element(word[0].lower() + word[1:], "flag") for word in words.split()}


def _reference(kind: str, *keys: str, key: str = "") -> Shape:
    """`KindReference`, whose `KindIdentity` holds one of these keys; `key` is what the property is called."""
    name = kind[0].lower() + kind[1:]
    within = {word: Element(key or word[0].lower() + word[1:]) for word in keys}
    identities = {f"{start}Identity": Element("", "inside", within) for start in _IDENTITIES.get(kind, (kind,))}
    return {f"{kind}Reference": Element(f"{name}Reference", "reference", identities)}


_IDENTITIES = {"EducationOrganization": ("EducationOrganization", "School", "LocalEducationAgency")}
_NAME: Shape = {"Name": Element("", "inside", _texts("FirstName MiddleName LastSurname"))}
_HIDDEN = _flags("DoNotPublishIndicator")
_PERIODS: Shape = {"Period": Element("periods", "many", _texts("BeginDate EndDate"))}
_ADDRESSES: Shape = {
    "Address": Element(
        "addresses",
        "many",
        _texts("StreetNumberName ApartmentRoomSuiteNumber City PostalCode")
        | _descriptors("AddressType StateAbbreviation")
        | _HIDDEN
        | _PERIODS,
    )
}
_LANGUAGES: Shape = {
    "Language": Element(
        "languages",
        "many",
        {"Language": Element("languageDescriptor"), "LanguageUse": Element("uses", "many")},
    )
}
_MAILS: Shape = {
    "ElectronicMail": Element(
        "electronicMails",
        "many",
        _texts("ElectronicMailAddress")
        | _descriptors("ElectronicMailType")
        | _flags("PrimaryEmailAddressIndicator")
        | _HIDDEN,
    )
}
_PHONES: Shape = {
    "Telephone": Element(
        "telephones",
        "many",
        _texts("TelephoneNumber")
        | _descriptors("TelephoneNumberType")
        | {"OrderOfPriority": Element("orderOfPriority", "number")}
        | _flags("TextMessageCapabilityIndicator")
        | _HIDDEN,
    )
}
_STUDENT = _reference("Student", "StudentUniqueId")
_ORGANIZATION = _reference(
    "EducationOrganization",
    "EducationOrganizationId",
    "SchoolId",
    "LocalEducationAgencyId",
    key="educationOrganizationId",
)


def _contact(adult: str) -> Shape:
    return _texts(f"{adult}UniqueId") | _NAME | _ADDRESSES | _PHONES | _MAILS | _LANGUAGES


def _pair(adult: str) -> Shape:
    return (
        _STUDENT
        | _reference(adult, f"{adult}UniqueId")
        | _descriptors("Relation")
        | _flags("LegalGuardian LivesWith PrimaryContactStatus EmergencyContactStatus")
        | {"ContactPriority": Element("contactPriority", "number")}
        | _texts("ContactRestrictions")
    )


SHAPES: Mapping[str, Mapping[str, Shape]] = {
    "InterchangeEducationOrganization": {
        "LocalEducationAgency": _texts("LocalEducationAgencyId NameOfInstitution"),
        "School": _texts("SchoolId NameOfInstitution WebSite")
        | {
            "InstitutionTelephone": Element(
                "institutionTelephones",
                "many",
                _texts("TelephoneNumber") | _descriptors("InstitutionTelephoneNumberType"),
            ),
            "EducationOrganizationIdentificationCode": Element(
                "identificationCodes",
                "many",
                _texts("IdentificationCode") | _descriptors("EducationOrganizationIdentificationSystem"),
            ),
        },
    },
    "InterchangeStudent": {
        "Student": _texts("StudentUniqueId") | _NAME | {"BirthData": Element("", "inside", _texts("BirthDate"))}
    },
    "InterchangeContact": {"Contact": _contact("Contact"), "StudentContactAssociation": _pair("Contact")},
    "InterchangeParent": {"Parent": _contact("Parent"), "StudentParentAssociation": _pair("Parent")},
    "InterchangeStudentEnrollment": {
        "StudentSchoolAssociation": _STUDENT
        | _reference("School", "SchoolId")
        | _texts("EntryDate ExitWithdrawDate")
        | _descriptors("EntryGradeLevel"),
        "StudentEducationOrganizationAssociation": _STUDENT
        | _ORGANIZATION
        | _ADDRESSES
        | _LANGUAGES
        | {
            "StudentIdentificationCode": Element(
                "studentIdentificationCodes",
                "many",
                _texts("IdentificationCode") | _descriptors("StudentIdentificationSystem"),
            )
        },
    },
    "InterchangeStaffAssociation": {
        "Staff": _texts("StaffUniqueId") | _NAME | _MAILS,
        "StaffEducationOrganizationAssignmentAssociation": _reference("Staff", "StaffUniqueId")
        | _ORGANIZATION
        | _descriptors("StaffClassification")
        | _texts("BeginDate EndDate"),
    },
}
"""By interchange and element."""
