"""A question is put together once, and answers each time for the values and the rows of that time."""

from enum import StrEnum
from typing import Any
from uuid import uuid4

from django.db import connection
from django.db.models import CharField, UUIDField, Value
from django.test.utils import CaptureQueriesContext

from openhouse.district.models import Student
from openhouse.questions import Among, Given, Question
from openhouse.sql import Holds, Text
from tests.cast import Cast

NUMBER = Given("number", CharField())


def test_a_question_answers_for_its_values(cast: Cast) -> None:
    asked: Question[Student] = Question(lambda: Student.objects.filter(number=NUMBER))
    assert asked.ask(number=cast.alma.number) == [cast.alma]
    assert asked.ask(number=cast.milo.number) == [cast.milo]
    assert asked.first(number="nobody's") is None


def test_a_question_keeps_no_answer(cast: Cast) -> None:
    asked: Question[Student] = Question(lambda: Student.objects.filter(number=NUMBER).annotate(two=Value(2)))
    before = asked.ask(number=cast.alma.number)[0]
    Student.objects.filter(pk=cast.alma.pk).update(given_name="Alba")
    after = asked.ask(number=cast.alma.number)[0]
    assert (before.given_name, after.given_name, after.two) == ("Alma", "Alba", 2)  # type: ignore[attr-defined]


def test_a_question_is_put_together_once_for_each_wording_of_a_condition(cast: Cast) -> None:
    made: list[str] = []

    def put(condition: Text) -> Any:
        made.append(condition.sql)
        return Student.objects.filter(Holds(condition)).order_by("pk").values_list("number", flat=True)

    asked: Question[str] = Question(put)
    one, two = (
        Text("number = {}", (cast.alma.number,)),
        Text("number IN ({}, {})", (cast.alma.number, cast.milo.number)),
    )
    assert asked.ask(one) == [cast.alma.number]
    assert asked.ask(Text(one.sql, (cast.milo.number,))) == [cast.milo.number]
    assert set(asked.ask(two)) == set(two.values)
    assert made == [one.sql, two.sql]


def test_any_number_of_rows_is_asked_for_in_the_same_words(cast: Cast) -> None:
    asked: Question[Student] = Question(lambda: Student.objects.filter(Among("pk", "students")))
    assert asked.ask(students=[]) == []
    assert set(asked.ask(students=[cast.alma.pk, cast.milo.pk])) == {cast.alma, cast.milo}


def test_keys_and_words_are_asked_for_in_the_same_way(cast: Cast) -> None:
    by_key: Question[Student] = Question(
        lambda: Student.objects.filter(Among("key", "keys", UUIDField())).order_by("pk")
    )
    by_number: Question[Student] = Question(lambda: Student.objects.filter(Among("number", "numbers", CharField())))
    assert by_key.ask(keys=[str(cast.alma.key), cast.milo.key, uuid4()]) == [cast.alma, cast.milo]
    assert by_key.ask(keys=[]) == by_number.ask(numbers=[]) == []
    assert by_number.ask(numbers=[cast.milo.number, "nobody's"]) == [cast.milo]
    number = StrEnum("Number", {"MILO": cast.milo.number})
    assert by_number.ask(numbers=number) == [cast.milo]


def test_a_question_is_one_statement(cast: Cast) -> None:
    asked: Question[Student] = Question(lambda: Student.objects.filter(number=NUMBER))
    with CaptureQueriesContext(connection) as statements:
        asked.ask(number=cast.alma.number)
    assert len(statements) == 1
