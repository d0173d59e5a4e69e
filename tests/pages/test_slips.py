"""Print, PDF and what a slip's QR code opens, as browsers meet them."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openhouse.access import pins, slips
from openhouse.access.models import Pin, Slip
from openhouse.audit.models import Entry
from tests import cast as make
from tests.cast import NOW, SYSTEM, Cast
from tests.letters import paper


def pdf(client: Any, guardianship: Any, **picked: str) -> Any:
    return client.post(f"/staff/guardianships/{guardianship.key}/pdf/", picked)


def reference(guardianship: Any) -> str:
    return f"/s/{slips.give(guardianship=guardianship, by=SYSTEM, at=NOW)[0].key}/"


def test_the_pdf_bears_the_code_the_names_and_the_qr_code_of_the_slip_on_the_screen(cast: Cast, visit: Any) -> None:
    olga = visit(cast.olga)
    answer = pdf(olga, cast.ana_of_alma)
    screen = olga.post(f"/staff/guardianships/{cast.ana_of_alma.key}/print/").content.decode()
    (address,) = set(paper.qr_codes(answer.content))
    code = make.give(cast.ana_of_alma)
    for word in (code, address, cast.alma.name, cast.ana.name):
        assert word in screen
        assert word.replace(" ", "").rstrip("/") in paper.words(answer.content)
    assert address == f"http://127.0.0.1:8000/s/{Slip.objects.get().key}/"
    assert cast.alma.number not in screen + paper.words(answer.content)


def test_nothing_keeps_the_pdf_and_its_name_says_nothing(cast: Cast, visit: Any) -> None:
    answer = pdf(visit(cast.olga), cast.ana_of_alma)
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"] == 'inline; filename="pin-slip.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" not in answer


def test_it_is_in_the_guardian_s_language_else_the_student_s_else_english_unless_another_is_picked(
    cast: Cast, visit: Any
) -> None:
    olga = visit(cast.olga)
    assert "Yourname" not in paper.words(pdf(olga, cast.ana_of_alma).content)
    make.change(cast.alma, at=NOW, home_language="es")
    assert "SuPIN" in paper.words(pdf(olga, cast.ana_of_alma).content)
    make.change(cast.ana, at=NOW, home_language="hy")
    for picked, title in (({}, "ՁերPINկոդը"), ({"language": "ru"}, "ВашPIN-код"), ({"language": "xx"}, "ՁերPINկոդը")):
        words = paper.words(pdf(olga, cast.ana_of_alma, **picked).content)
        assert title in words
        assert "YourPIN" in words
    assert "Ձեր" not in paper.words(pdf(olga, cast.ana_of_alma, language="en").content)


def test_pin_details_names_the_language_of_the_pdf(cast: Cast, visit: Any) -> None:
    make.change(cast.ana, at=NOW, home_language="fa-IR")
    make.change(cast.arturo, at=NOW, home_language="km")
    page = visit(cast.olga).get(f"/staff/students/{cast.alma.key}/pins/").content.decode()
    assert page.count("PDF in Farsi and English") == 1
    assert page.count("PDF in English") == 1


def test_the_pdf_makes_the_pin_and_is_on_record_as_print_is(cast: Cast, visit: Any) -> None:
    pdf(visit(cast.olga), cast.ana_of_alma)
    assert Pin.objects.get().given == "printed"
    assert list(Entry.objects.filter(event__startswith="pin ").values_list("event", flat=True)) == [
        "pin made",
        "pin printed",
    ]


def test_a_refusal_is_words_and_no_pdf(cast: Cast, visit: Any) -> None:
    answer = pdf(visit(cast.olga), cast.berta_of_bella)
    assert (answer.status_code, Pin.objects.count()) == (409, 0)
    assert b"a colleague has to agree first" in answer.content


def test_a_name_that_no_font_has_does_not_fail_the_counter(cast: Cast, visit: Any) -> None:
    make.change(cast.ana, at=NOW, given_name="សុខា")
    answer = pdf(visit(cast.olga), cast.ana_of_alma)
    assert answer.status_code == 200
    assert "writethenamebyhand" in paper.words(answer.content)


def test_signed_out_a_slip_leads_to_the_sign_in_and_back(cast: Cast, visit: Any) -> None:
    address = reference(cast.ana_of_alma)
    for each in (address, f"/s/{uuid.uuid4()}/"):
        answer = visit().get(each)
        assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={each}")


def test_only_a_press_fills_in_the_student_id(cast: Cast, visit: Any) -> None:
    address, ana = reference(cast.ana_of_alma), visit(cast.ana_account)
    asked, pressed = ana.get(address).content.decode(), ana.post(address).content.decode()
    assert cast.alma.number not in asked
    assert f'value="{cast.alma.number}"' in pressed
    assert 'action="/family/add-a-student/"' in pressed
    for secret in (make.give(cast.ana_of_alma), "2016", cast.alma.name, cast.ana.name):
        assert secret not in pressed


def plain(answer: Any) -> str:
    """A page's own content but for its CSRF token."""
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    assert "Add a student" in main
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", main)


@pytest.mark.parametrize("case", ["unknown", "used", "locked", "another's", "taken"])
def test_any_other_reference_opens_plain_add_a_student(case: str, cast: Cast, visit: Any) -> None:
    address = reference(cast.ana_of_alma) if case != "unknown" else f"/s/{uuid.uuid4()}/"
    if case in ("used", "locked"):
        pins.close(Pin.objects.all(), end=case, at=NOW)
    if case == "another's":
        make.tie(cast.carla_account, cast.carla)
    if case == "taken":
        make.tie(cast.arturo_account, cast.ana)
    carla = visit(cast.carla_account)
    answer = carla.post(address)
    assert answer.status_code == 200
    assert plain(answer) == plain(carla.get("/family/add-a-student/"))


def test_a_dead_reference_costs_the_work_of_an_unknown_one(cast: Cast, visit: Any) -> None:
    dead, ana = reference(cast.ana_of_alma), visit(cast.ana_account)
    pins.close(Pin.objects.all(), end="used", at=NOW)
    asked = []
    for address in (dead, f"/s/{uuid.uuid4()}/", dead):
        with CaptureQueriesContext(connection) as statements:
            ana.post(address)
        asked.append(len(statements))
    assert asked[1] == asked[2]


def test_an_employee_finds_nothing_at_a_slip_s_address(cast: Cast, visit: Any) -> None:
    assert visit(cast.olga).get(reference(cast.ana_of_alma)).status_code == 404
