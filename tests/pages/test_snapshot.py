"""A page reads one whole state; what it records, and what comes after it, stands in transactions of the usual kind."""

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from openhouse.pages import snapshot

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's readers see one state anyway"),
]


def test_a_page_reads_one_state_and_its_record_another() -> None:
    seen: list[str] = []

    def page(request: HttpRequest) -> HttpResponse:
        seen.append(_isolation())
        transaction.on_commit(lambda: seen.append(_isolation()))
        return HttpResponse()

    snapshot.middleware(page)(RequestFactory().get("/"))
    assert seen == ["repeatable read", "read committed"]


def test_a_page_that_breaks_leaves_nothing_behind() -> None:
    def page(request: HttpRequest) -> HttpResponse:
        assert _isolation() == "repeatable read"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        snapshot.middleware(page)(RequestFactory().get("/"))
    with transaction.atomic():
        assert _isolation() == "read committed"


def _isolation() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        return str(cursor.fetchone()[0])
