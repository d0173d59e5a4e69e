"""An Ed-Fi ODS/API on this machine: a made-up district that tests bend, of Data Standard 4 to 6."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.sync.sources.server import Asked, Reply, Server, reply, serving

KEYS = {
    "localEducationAgencies": ("localEducationAgencyId",),
    "schools": ("schoolId",),
    "students": ("studentUniqueId",),
    "contacts": ("contactUniqueId",),
    "studentSchoolAssociations": ("studentReference.studentUniqueId", "schoolReference.schoolId", "entryDate"),
    "studentEducationOrganizationAssociations": (
        "studentReference.studentUniqueId", "educationOrganizationReference.educationOrganizationId",
    ),
    "studentContactAssociations": ("studentReference.studentUniqueId", "contactReference.contactUniqueId"),
    "staffs": ("staffUniqueId",),
    "staffEducationOrganizationAssignmentAssociations": (
        "staffReference.staffUniqueId", "educationOrganizationReference.educationOrganizationId",
        "staffClassificationDescriptor", "beginDate",
    ),
}  # fmt: skip
SECRET_TRAITS = {"races": [{"raceDescriptor": "uri://ed-fi.org/RaceDescriptor#White"}], "hispanicLatinoEthnicity": True}


def word(kind: str, value: str, namespace: str = "uri://ed-fi.org") -> str:
    """A descriptor."""
    return f"{namespace}/{kind}Descriptor#{value}"


def agency(number: int = 9, **facts: Any) -> dict[str, Any]:
    return {"localEducationAgencyId": number, "nameOfInstitution": "The district"} | facts


def school(number: int, name: str, **facts: Any) -> dict[str, Any]:
    return {"schoolId": number, "nameOfInstitution": name} | facts


def person(kind: str, unique_id: str, given: str, **facts: Any) -> dict[str, Any]:
    """A student, contact or member of staff."""
    return {f"{kind}UniqueId": unique_id, "firstName": given, "lastSurname": "Lopez"} | facts


def student(unique_id: str, given: str, **facts: Any) -> dict[str, Any]:
    return person("student", unique_id, given, birthDate="2014-05-01") | facts


def enrolment(student: str, school: int, entered: str = "2026-08-13", **facts: Any) -> dict[str, Any]:
    return {
        "studentReference": {"studentUniqueId": student, "link": {"rel": "Student", "href": f"/ed-fi/students/{student}"}},
        "schoolReference": {"schoolId": school}, "entryDate": entered,
        "entryGradeLevelDescriptor": word("GradeLevel", "Fifth grade"),
    } | facts  # fmt: skip


def about(student: str, organization: int = 9, **facts: Any) -> dict[str, Any]:
    """What an education organization says of a student."""
    return {
        "studentReference": {"studentUniqueId": student},
        "educationOrganizationReference": {"educationOrganizationId": organization},
        "languages": [
            {"languageDescriptor": word("Language", "spa"),
             "uses": [{"languageUseDescriptor": word("LanguageUse", "Home language")}]},
        ],
        "studentIdentificationCodes": [
            {"assigningOrganizationIdentificationCode": "9", "identificationCode": f"L-{student}",
             "studentIdentificationSystemDescriptor": word("StudentIdentificationSystem", "Local")},
        ],
    } | SECRET_TRAITS | facts  # fmt: skip


def pair(student: str, contact: str, relation: str = "Mother", **facts: Any) -> dict[str, Any]:
    return {
        "studentReference": {"studentUniqueId": student}, "contactReference": {"contactUniqueId": contact},
        "relationDescriptor": word("Relation", relation, "uri://state.example"), "legalGuardian": True, "livesWith": True,
    } | facts  # fmt: skip


def assignment(staff: str, organization: int, role: str = "Teacher", **facts: Any) -> dict[str, Any]:
    return {
        "staffReference": {"staffUniqueId": staff},
        "educationOrganizationReference": {"educationOrganizationId": organization},
        "staffClassificationDescriptor": word("StaffClassification", role), "beginDate": "2020-08-01",
    } | facts  # fmt: skip


def mail(address: str, kind: str = "Home/Personal", **facts: Any) -> dict[str, Any]:
    return {"electronicMailAddress": address, "electronicMailTypeDescriptor": word("ElectronicMailType", kind)} | facts


def district() -> dict[str, list[dict[str, Any]]]:
    """Three students at two schools, and the people around them."""
    return {
        "localEducationAgencies": [agency()],
        "schools": [school(1001, "Oak School"), school(1002, "Elm School")],
        "students": [student("S-1", "Maya"), student("S-2", "Theo"), student("S-3", "Iris")],
        "contacts": [
            person("contact", "C-1", "Ana", electronicMails=[mail("ana@mail.example")]),
            person("contact", "C-2", "Leo"),
            person("contact", "C-3", "Kim"),
        ],
        "studentSchoolAssociations": [enrolment("S-1", 1001), enrolment("S-2", 1002), enrolment("S-3", 1002)],
        "studentEducationOrganizationAssociations": [about("S-1"), about("S-2")],
        "studentContactAssociations": [
            pair("S-1", "C-1"), pair("S-1", "C-2", "Father"), pair("S-2", "C-1"), pair("S-3", "C-3"),
        ],
        "staffs": [person("staff", "E-1", "Vera", electronicMails=[mail("vera@district.example", "Work")])],
        "staffEducationOrganizationAssignmentAssociations": [assignment("E-1", 1001)],
    }  # fmt: skip


def at(record: Any, path: str) -> Any:
    """What stands at a path."""
    for name in path.split("."):
        record = record.get(name) if isinstance(record, dict) else None
    return record


def as_parents(value: Any) -> Any:
    """As it was before Data Standard 5, when contacts were parents."""
    if isinstance(value, list):
        return [as_parents(each) for each in value]
    if not isinstance(value, dict):
        return value
    names = {"contactUniqueId": "parentUniqueId", "contactReference": "parentReference"}
    return {names.get(name, name): as_parents(each) for name, each in value.items()}


class Api:
    """The district, and how the server behaves. `put`, `drop` and `rename` are changes that change queries tell of."""

    def __init__(self, standard: str = "5.2.0", records: Mapping[str, list[dict[str, Any]]] | None = None) -> None:
        self.standard = standard
        self.cursors = False
        self.changes = True
        self.snapshots = False
        self.most = 500
        self.counts = True
        self.oldest = 0
        self.urls: dict[str, str] = {}
        self.overrides: dict[str, Any] = {}
        self.version = 0
        self.token = 0
        self.numbers = itertools.count(1)
        self.records: dict[str, list[dict[str, Any]]] = {name: [] for name in KEYS}
        self.kept: dict[tuple[Any, ...], dict[str, Any]] = {}
        self.told: list[tuple[int, str, dict[str, Any]]] = []
        for name, each in (records or district()).items():
            for record in each:
                self.put(name, record)

    def put(self, name: str, record: dict[str, Any]) -> None:
        """Add a record, or change the one with its key."""
        self.version += 1
        key = (name, *(at(record, path) for path in KEYS[name]))
        found = self.kept.get(key)
        if found is None:
            found = self.kept[key] = {"id": f"{next(self.numbers):032x}"}
            self.records[name].append(found)
        kept = found["id"]
        found.clear()
        found |= copy.deepcopy(record) | {"id": kept, "_etag": str(self.version), "version": self.version}

    def change(self, name: str, *key: Any, **facts: Any) -> None:
        """Change facts of a record."""
        self.put(name, self.record(name, *key) | facts)

    def record(self, name: str, *key: Any) -> dict[str, Any]:
        """The record whose key begins with that."""
        paths = KEYS[name][: len(key)]
        return next(each for each in self.records[name] if [at(each, path) for path in paths] == list(key))

    def drop(self, name: str, *key: Any) -> None:
        """Delete a record."""
        record = self.record(name, *key)
        self.version += 1
        self.records[name].remove(record)
        del self.kept[(name, *self.keys(name, record).values())]
        self.told.append((self.version, f"{name}/deletes", {"keyValues": self.keys(name, record)}))

    def rename(self, name: str, record: dict[str, Any], **key: Any) -> None:
        """Change a record's key, silently otherwise."""
        self.version += 1
        old = self.keys(name, record)
        del self.kept[(name, *old.values())]
        record |= key
        self.kept[(name, *self.keys(name, record).values())] = record
        entry = {"oldKeyValues": old, "newKeyValues": self.keys(name, record)}
        self.told.append((self.version, f"{name}/keyChanges", entry))

    def keys(self, name: str, record: dict[str, Any]) -> dict[str, Any]:
        """A record's key by its last words."""
        return {path.rpartition(".")[2]: at(record, path) for path in KEYS[name]}

    def answer(self, asked: Asked) -> Reply:
        """What the server says to one request."""
        path = asked.path.rstrip("/")
        if path in self.overrides:
            return self.overrides[path](asked)
        if not path:
            return self.discovery(asked.root)
        if asked.headers.get("Authorization") != f"Bearer token-{self.token}":
            problem = {"type": "urn:ed-fi:api:security:authentication", "status": 401, "correlationId": "a1b2c3d4"}
            return reply(problem, 401)
        if asked.headers.get("Use-Snapshot") and not self.snapshots:
            return reply({"type": "urn:ed-fi:api:not-found", "status": 404}, 404)
        if path == "/changeQueries/v1/availableChangeVersions":
            return reply({"oldestChangeVersion": self.oldest, "newestChangeVersion": self.version})
        return self.resource(path.removeprefix("/data/v3/ed-fi/"), asked.query)

    def discovery(self, root: str) -> Reply:
        urls = {"dependencies": f"{root}/metadata", "oauth": f"{root}/token", "dataManagementApi": f"{root}/data/v3/"}
        urls |= {"changeQueries": f"{root}/changeQueries/v1/"} if self.changes else {}
        models = [{"name": "TPDM", "version": "1.1.0"}, {"name": "Ed-Fi", "version": self.standard}]
        return reply({"version": "7.3", "dataModels": models, "urls": urls | self.urls})

    def resource(self, path: str, query: dict[str, str]) -> Reply:
        if self.standard < "5":
            path = path.replace("parents", "contacts").replace("Parent", "Contact")
        elif "arent" in path:
            return reply({"status": 404}, 404)
        found = self.found(path, query)
        if found is None:
            return reply({"type": "urn:ed-fi:api:not-found", "status": 404}, 404)
        limit = min(int(query.get("limit", query.get("pageSize", "25"))), self.most)
        begin = int(query.get("offset") or query.get("pageToken", "at-0").removeprefix("at-"))
        page = found[begin : begin + limit]
        headers = {"Total-Count": str(len(found))} if query.get("totalCount") and self.counts else {}
        if self.cursors and "offset" not in query and page:
            headers["Next-Page-Token"] = f"at-{begin + len(page)}"
        shown = [{name: value for name, value in each.items() if name != "version"} for each in page]
        return Reply(200, json.dumps(shown if self.standard >= "5" else as_parents(shown)).encode(), headers)

    def found(self, path: str, query: dict[str, str]) -> list[dict[str, Any]] | None:
        """The records that a query asks for."""
        first, last = int(query.get("minChangeVersion", -1)), int(query.get("maxChangeVersion", 1 << 60))
        if path.endswith(("/deletes", "/keyChanges")):
            told = [(version, entry) for version, name, entry in self.told if name == path]
            return [entry for version, entry in told if first <= version <= last] if self.changes else None
        if path not in self.records:
            return None
        names = {name: path_ for path_ in KEYS[path] if (name := path_.rpartition(".")[2]) in query}
        if self.standard < "5" and "parentUniqueId" in query:
            names["parentUniqueId"] = next(each for each in KEYS[path] if each.endswith("contactUniqueId"))
        return [
            each for each in self.records[path]
            if first <= each["version"] <= last and all(str(at(each, names[name])) == query[name] for name in names)
        ]  # fmt: skip

    def tokens(self, asked: Asked) -> Reply:
        """The token endpoint."""
        return reply({"access_token": f"token-{self.token}", "token_type": "bearer", "expires_in": 1800})


@contextmanager
def serving_api(api: Api) -> Iterator[Server]:
    """The server while the block runs."""
    with serving(api.answer, api.tokens) as server:
        yield server
