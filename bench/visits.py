"""The pages that are measured, who asks for them, and the requests that go over the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.client import WrongAnswer, request

CSRF = "bench0bench0bench0bench0bench012"


@dataclass(frozen=True, eq=False)
class Visit:
    """One page. `who` names a list of bench.seed; `floor` the visit whose median is the floor, blank for a floor itself."""

    name: str
    who: str
    path: str
    floor: str = ""
    method: str = "GET"
    fields: Mapping[str, str] | None = None
    status: int = 200

    @property
    def statuses(self) -> tuple[int, ...]:
        """What may come: a search by name that finds one leads on to them."""
        return (200, 302) if self.fields in (NAMED, CALLED, TWO_LETTERS, WHOLE_NAME) else (self.status,)


STAFF_FLOOR, FAMILY_FLOOR = "Empty console page", "Empty family page"
NAMED = {"given_name": "{given}", "family_name": "{family}"}
CALLED = {"first_name": "{given}", "last_name": "{family}"}
"""The first letters of a name, as somebody types them who then looks at the list."""
WHOLE_NAME = {"first_name": "{given_whole}", "last_name": "{family_whole}"}
"""As somebody says it at the counter."""
TWO_LETTERS = {"first_name": "{given_two}", "last_name": "{family_two}"}
"""As few as a search takes."""
VISITS = (
    Visit(STAFF_FLOOR, "counter", "/bench/staff/"),
    Visit("The same without a door", "counter", "/bench/bare/", STAFF_FLOOR),
    Visit("Find a Student", "counter", "/staff/", STAFF_FLOOR),
    Visit(
        "Find a Student, search", "counter", "/staff/", STAFF_FLOOR, "POST", {"student_number": "{number}"}, status=302
    ),
    Visit("Find a Student, result", "counter", "/staff/found/{student}/", STAFF_FLOOR),
    Visit("Find a Student, by name", "counter", "/staff/by-name/", STAFF_FLOOR, "POST", NAMED),
    Visit("Pin Details", "counter", "/staff/students/{student}/pins/", STAFF_FLOOR),
    Visit("Show", "counter", "/staff/guardianships/{guardianship}/show/", STAFF_FLOOR, "POST"),
    Visit("Print", "counter", "/staff/guardianships/{guardianship}/print/", STAFF_FLOOR, "POST"),
    Visit("New Pin, warning", "counter", "/staff/guardianships/{guardianship}/new-pin/", STAFF_FLOOR),
    Visit("Student's home page, for staff", "counter", "/staff/students/{student}/", STAFF_FLOOR),
    Visit(
        "Parent Search, by email", "parents", "/staff/parents/", STAFF_FLOOR, "POST", {"email": "{email}"}, status=302
    ),
    Visit("Parent Search, by whole name", "parents", "/staff/parents/", STAFF_FLOOR, "POST", WHOLE_NAME),
    Visit("Parent Search, by name", "parents", "/staff/parents/", STAFF_FLOOR, "POST", CALLED),
    Visit("Parent Search, by two letters", "parents", "/staff/parents/", STAFF_FLOOR, "POST", TWO_LETTERS),
    Visit("Parent Search, list", "lists", "/staff/parents/names/{list}/", STAFF_FLOOR),
    Visit("Parent Search, result", "parents", "/staff/parents/{account}/found/", STAFF_FLOOR),
    Visit(FAMILY_FLOOR, "families", "/bench/family/"),
    Visit("Family's home", "families", "/family/", FAMILY_FLOOR),
    Visit("Add a student", "families", "/family/add-a-student/", FAMILY_FLOOR),
    Visit("Student's home page", "families", "/family/students/{student}/", FAMILY_FLOOR),
    Visit("Emergency Card", "families", "/family/students/{student}/emergency-card/", FAMILY_FLOOR),
    Visit("Notice", "refused", "/family/students/{student}/", FAMILY_FLOOR, status=403),
    Visit("Front door", "nobody", "/", FAMILY_FLOOR),
    Visit("Login", "nobody", "/accounts/login/", FAMILY_FLOOR),
)


def requests(visit: Visit, people: Mapping[str, Any]) -> Sequence[bytes]:
    """The visit's requests, one for each student or family, to be sent in turn."""
    if visit.who == "nobody":
        return [request(visit.method, visit.path, cookies={})]
    made = [_request(visit, each, each.get("session") or people["clerk"]) for each in people[visit.who]]
    if not made:
        raise WrongAnswer(f"{visit.name}: the made-up district has nobody who could ask for this page")
    return made


def _request(visit: Visit, whom: Mapping[str, str], session: str) -> bytes:
    cookies = {"session": session, "csrf": CSRF}
    fields = {name: text.format(**whom) for name, text in (visit.fields or {}).items()}
    if visit.method == "POST":
        fields["csrfmiddlewaretoken"] = CSRF
    return request(visit.method, visit.path.format(**whom), cookies=cookies, fields=fields)
