"""One student, or one guardianship, within an employee's reach, by the random key that stands in an address."""

from __future__ import annotations

import uuid

from django.db.models import UUIDField
from django.http import Http404

from openhouse.district.models import Guardianship, Student
from openhouse.pages import doors
from openhouse.questions import Given, Question
from openhouse.roles import scope
from openhouse.roles.roles import Permission

KEY = Given("key", UUIDField())
STUDENT: Question[Student] = Question(lambda here: scope.students_at(here).filter(key=KEY))
GUARDIANSHIP: Question[Guardianship] = Question(lambda here: scope.guardianships_at(here).filter(key=KEY))


def student(request: doors.Visit, permission: Permission, key: uuid.UUID) -> Student:
    """An enrolled student of the schools where the permission holds. Raises Http404 for anybody else."""
    return _found(STUDENT, request, permission, key)


def guardianship(request: doors.Visit, permission: Permission, key: uuid.UUID) -> Guardianship:
    """A current guardianship of such a student, with student and guardian. Raises Http404 for any other."""
    return _found(GUARDIANSHIP, request, permission, key)


def _found[Row](asked: Question[Row], request: doors.Visit, permission: Permission, key: uuid.UUID) -> Row:
    found = asked.first(scope.here(request.scope, permission), key=key)
    if found is None:
        raise Http404
    return found
