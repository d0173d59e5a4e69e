"""Accounts of an earlier portal: only their associations can be in grace."""

import pytest

from openhouse import access, cli
from openhouse.access import imports, ties
from openhouse.access.models import Association, Tie, Way
from openhouse.access.standing import Standing
from openhouse.accounts import actor
from openhouse.accounts.models import Account
from openhouse.policy import values
from tests import cast as make
from tests.cast import DAY, NOW, SYSTEM


def bring_in(cast, at=NOW, **row):
    row = {"email": "New@Home.example", "guardian": cast.ana.sourced_id, "students": cast.alma.number} | row
    return imports.bring_in(row=row, by=SYSTEM, at=at)


def standing(account, student, at):
    return access.decide(account=account, student=student, at=at).standing


def test_an_imported_account_is_tied_and_in_grace_and_later_disabled(cast):
    account = bring_in(cast)
    assert (account.email, account.has_usable_password()) == ("new@home.example", False)
    assert standing(account, cast.alma, NOW + 59 * DAY) is Standing.GRACE
    assert standing(account, cast.alma, NOW + 60 * DAY) is Standing.DISABLED


def test_a_pin_ends_grace_for_good(cast):
    account = bring_in(cast)
    make.redeem(account, cast.alma, make.give(cast.ana_of_alma), at=NOW + DAY)
    assert standing(account, cast.alma, NOW + 90 * DAY) is Standing.ACTIVE


def test_an_association_by_pin_is_never_in_grace(cast):
    values.choose(name="grace_days", text="0", by=SYSTEM, at=NOW)
    make.join(cast.ana_account, cast.ana, cast.alma)
    assert standing(cast.ana_account, cast.alma, NOW) is Standing.ACTIVE


def test_a_second_import_changes_nothing(cast):
    assert bring_in(cast) == bring_in(cast, at=NOW + DAY)
    assert (Tie.objects.count(), Association.objects.get().valid_from) == (1, NOW)


def test_several_students_of_one_guardian_come_in_together(cast):
    account = bring_in(cast, students=f" {cast.alma.number.lower()}  {cast.abel.number}")
    assert account.associations.filter(way=Way.IMPORTED).count() == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"email": "nobody"}, "email: "),
        ({"guardian": "nobody"}, "guardian: "),
        ({"students": "S99999"}, "students: "),
        ({"email": None}, "email: "),
    ],
)
def test_a_row_that_cannot_be_brought_in_names_its_column_and_changes_nothing(cast, row, said):
    before = Account.objects.count()
    with pytest.raises(imports.RowRefused, match=said):
        bring_in(cast, **row)
    assert Account.objects.count() == before


def test_another_familys_student_is_not_brought_in(cast):
    with pytest.raises(imports.RowRefused, match="students: "):
        bring_in(cast, students=cast.bella.number)


def test_a_guardian_who_is_tied_already_is_refused(cast):
    make.tie(cast.ana_account, cast.ana)
    with pytest.raises(imports.RowRefused, match="guardian: "):
        bring_in(cast)


@pytest.mark.parametrize("email", ["me@schools.example", "Me@Sub.SCHOOLS.example"])
def test_an_email_of_the_district_is_refused(cast, email):
    values.choose(name="district_email_domains", text="schools.example", by=SYSTEM, at=NOW)
    with pytest.raises(imports.RowRefused, match="email: "):
        bring_in(cast, email=email)


def test_the_command_counts_and_names_lines_but_never_values(cast, clock, tmp_path, capsys):
    file = tmp_path / "accounts.csv"
    good = f"new@home.example,{cast.ana.sourced_id},{cast.alma.number}"
    file.write_text(f"email,guardian,students\n{good}\nsecret-value,x,y\n", encoding="utf-8")
    assert cli.main(["import-accounts", str(file)]) == 1
    out, err = capsys.readouterr()
    assert "1 accounts brought in, 1 rows set aside" in out
    assert "line 3: email" in err and "secret-value" not in err


@pytest.mark.parametrize("content", [b"email;guardian\n", b"\xff\xfe\x00", b""])
def test_a_file_that_cannot_be_read_is_a_clear_error(cast, tmp_path, capsys, content):
    file = tmp_path / "accounts.csv"
    file.write_bytes(content)
    assert cli.main(["import-accounts", str(file)]) == 1
    assert capsys.readouterr().err.startswith("openhouse import-accounts: ")


def test_a_row_with_too_few_fields_is_set_aside(cast, tmp_path, capsys):
    file = tmp_path / "accounts.csv"
    file.write_text("email,guardian,students\nnew@home.example\n", encoding="utf-8")
    assert cli.main(["import-accounts", str(file)]) == 1
    assert "line 2: guardian" in capsys.readouterr().err


def test_a_tie_that_staff_ended_is_not_brought_in_again(cast):
    account = bring_in(cast)
    ties.end(tie=Tie.objects.get(account=account), by=actor.of(cast.olga), at=NOW + DAY, identity="passport")
    with pytest.raises(imports.RowRefused, match="was ended"):
        bring_in(cast, at=NOW + 2 * DAY)
    assert not access.decide(account=account, student=cast.alma, at=NOW + 2 * DAY).allowed


def test_a_tie_that_stands_again_by_pin_is_no_trouble(cast):
    account = bring_in(cast)
    ties.end(tie=Tie.objects.get(account=account), by=actor.of(cast.olga), at=NOW + DAY, identity="passport")
    make.redeem(account, cast.alma, make.give(cast.ana_of_alma, at=NOW + DAY), at=NOW + DAY)
    assert bring_in(cast, at=NOW + 2 * DAY) == account
