"""Reading is lenient where nothing can be mistaken; each tolerance used is a warning with a count."""

from __future__ import annotations

import pytest

from openhouse.district.models import Enrolment, Guardian, Student
from tests.sync.export import USERS_1_1, Export, Sync, mirror, to_1_1


def test_a_byte_order_mark_is_skipped(export: Export, sync: Sync) -> None:
    for name in list(export.rows):
        export.extra[name] = b"\xef\xbb\xbf" + export.content(name)
    assert (sync(export).warnings, Student.objects.count()) == ([], 3)


def test_another_order_of_columns_is_a_warning(export: Export, sync: Sync) -> None:
    sync(export)
    before = mirror()
    export.headers["users.csv"].sort()
    report = sync(export)
    assert report.warnings == [("users.csv: columns in another order than the standard's", 1)]
    assert mirror() == before


def test_the_column_of_2022_is_no_surprise(export: Export, sync: Sync) -> None:
    columns = export.headers["users.csv"]
    columns.insert(columns.index("preferredGivenName"), "resourceSourcedIds")
    assert sync(export).warnings == []


def test_unknown_columns_are_a_warning(export: Export, sync: Sync) -> None:
    export.headers["users.csv"] += ["metadata.shoeSize", "metadata.house"]
    assert sync(export).warnings == [("users.csv: column that the portal does not know; not read", 2)]


def test_true_in_capitals_is_a_warning(export: Export, sync: Sync) -> None:
    export.set("users.csv", "maya", enabledUser="TRUE").set("guardianships.csv", "maya leo", legal="FALSE")
    report = sync(export)
    assert (report.set_aside, [count for _text, count in report.warnings]) == (0, [1, 1])


@pytest.mark.parametrize(("status", "stays"), [("active", True), ("tobedeleted", False), ("inactive", False)])
def test_a_status_in_a_bulk_file_is_a_warning_and_counts(export: Export, sync: Sync, status: str, stays: bool) -> None:
    sync(export)
    export.set("users.csv", "maya", agentSourcedIds="ana").set("users.csv", "leo", agentSourcedIds="")
    export.drop("guardianships.csv", "maya leo").drop("roles.csv", "role-leo")
    report = sync(export.set("users.csv", "leo", status=status))
    assert any("bulk row with status" in text for text, _count in report.warnings)
    assert report.set_aside == 0
    assert Guardian.objects.filter(sourced_id="leo", valid_until=None).exists() is False
    assert any("without a role" in text for text, _count in report.warnings) is stays


def test_a_role_of_the_sis_own_is_a_warning(export: Export, sync: Sync) -> None:
    report = sync(export.set("roles.csv", "role-vera", role="ext:crossingGuard"))
    assert [text for text, _count in report.warnings] == [
        "person without a role; not brought in", "role of the SIS's own (ext:); not read",
    ]  # fmt: skip


def test_a_password_column_is_never_read(export: Export, sync: Sync) -> None:
    from openhouse.sync.sources.oneroster_csv.sheet import forbidden

    export.headers["users.csv"] += ["metadata.SSN", "metadata.Password2"]
    export.set(
        "users.csv", "maya", **{"password": "hunter2", "metadata.SSN": "078-05-1120", "metadata.Password2": "hunter3"}
    )
    report = sync(export)
    assert any("never read" in text for text, _count in report.warnings)
    assert not any(secret in str(mirror()) for secret in ("hunter2", "hunter3", "078-05"))
    assert [forbidden(column) for column in ("studentSSN", "ssn_last4", "socialSecurityNumber")] == [True] * 3
    assert not any(map(forbidden, ("className", "classNumber", "sessionName", "metadata.passNumber")))


def test_user_profiles_stay_closed(export: Export, sync: Sync) -> None:
    export.extra["userProfiles.csv"] = b"\xff this is no CSV file, and nobody notices"
    export.manifest["file.userProfiles"] = "bulk"
    assert sync(export).warnings == []


def test_a_1_1_export_has_roles_and_schools_on_the_person(export: Export, sync: Sync) -> None:
    sync(export)
    before = mirror()
    to_1_1(export)
    report = sync(export)
    assert (report.source, report.warnings, report.nothing_changed) == ("OneRoster 1.1 CSV", [], True)
    assert mirror() == before


def test_a_student_of_1_1_is_enrolled_at_schools_alone(export: Export, sync: Sync) -> None:
    export.headers["users.csv"] = USERS_1_1.split(",")
    roles = {row["userSourcedId"]: row["role"] for row in export.rows.pop("roles.csv")}
    for row in export.rows["users.csv"]:
        row["role"], row["orgSourcedIds"] = roles[row["sourcedId"]], "district,oak,elm"
    export.version = "1.1"
    sync(export)
    assert Enrolment.objects.filter(student__sourced_id="maya").count() == 2
