"""The people of a made-up district as rows of OneRoster 1.2 CSV, bulk, users.csv in its 1.2.1 variant.

Headers stand in the exact order of the CSV binding, our documented `metadata.` columns at the far right;
guardianships.csv is our own file beside the standard ones (docs/sis-sources.md).
"""

from collections.abc import Iterable, Iterator

from openhouse.demo.households import Enrolment, Guardian, Household, Student, grade_name
from openhouse.demo.plan import DistrictPlan
from openhouse.demo.schools import DISTRICT_CODE, DISTRICT_NAME, DISTRICT_SOURCED_ID, Employee, School

type Row = tuple[str | int, ...]

_COMMON = "sourcedId,status,dateLastModified"
HEADERS = {
    "manifest.csv": "propertyName,value",
    "orgs.csv": f"{_COMMON},name,type,identifier,parentSourcedId,metadata.principal,metadata.telephone,metadata.fax,"
    "metadata.website,metadata.boardMember,metadata.localDistrict",
    "academicSessions.csv": f"{_COMMON},title,type,startDate,endDate,parentSourcedId,schoolYear",
    "users.csv": f"{_COMMON},enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,"
    "agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,"
    "primaryOrgSourcedId,pronouns,metadata.addressStreet,metadata.addressCity,metadata.addressState,"
    "metadata.addressPostalCode,metadata.homeLanguage,metadata.eligibleGround",
    "roles.csv": f"{_COMMON},userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId",
    "demographics.csv": f"{_COMMON},birthDate,sex,americanIndianOrAlaskaNative,asian,blackOrAfricanAmerican,"
    "nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,hispanicOrLatinoEthnicity,"
    "countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus",
    "guardianships.csv": "studentSourcedId,guardianSourcedId,relation,legal,livesWith,emergencyContact,priority,"
    "restriction,beginDate,endDate",
}
"""The header of each file in the order in which the zip holds them."""
_STANDARD_FILES = (
    "academicSessions", "categories", "classes", "classResources", "courseResources", "courses", "demographics",
    "enrollments", "lineItemLearningObjectiveIds", "lineItems", "lineItemScoreScales", "orgs", "resources",
    "resultLearningObjectiveIds", "results", "resultScoreScales", "roles", "scoreScales", "userProfiles",
    "userResources", "users",
)  # fmt: skip
_NOBODY_ASKED = ("",) * 11
"""The demographics columns that a portal has no business to know."""


def manifest() -> Iterator[Row]:
    """Rows of manifest.csv: every standard file is bulk or absent."""
    yield "manifest.version", "1.0"
    yield "oneroster.version", "1.2"
    for name in _STANDARD_FILES:
        yield f"file.{name}", "bulk" if f"{name}.csv" in HEADERS else "absent"
    yield "source.systemName", "Made-up SIS"
    yield "source.systemCode", "made-up"


def orgs(schools: Iterable[School]) -> Iterator[Row]:
    """Rows of orgs.csv: the district, then its schools."""
    yield DISTRICT_SOURCED_ID, "", "", DISTRICT_NAME, "district", DISTRICT_CODE, "", "", "", "", "", "", ""
    for s in schools:
        facts = (s.principal, s.telephone, s.fax, s.website, s.board_member, s.local_district)
        yield s.sourced_id, "", "", s.name, "school", s.code, DISTRICT_SOURCED_ID, *facts


def sessions(plan: DistrictPlan) -> Iterator[Row]:
    """Rows of academicSessions.csv: the school year and its two semesters, ends exclusive."""
    ends = str(plan.year + 1)
    year = f"year-{ends}"
    title = f"{plan.year}-{ends}"
    yield year, "", "", title, "schoolYear", f"{plan.year}-07-01", f"{ends}-07-01", "", ends
    yield f"fall-{ends}", "", "", f"Fall {plan.year}", "semester", f"{plan.year}-08-13", f"{ends}-01-09", year, ends
    yield f"spring-{ends}", "", "", f"Spring {ends}", "semester", f"{ends}-01-09", f"{ends}-06-11", year, ends


def employee_user(employee: Employee, agents: str) -> Row:
    """An employee's row of users.csv; `agents` are the sourcedIds of own children in the district, if any."""
    e = employee
    login = e.email.partition("@")[0]
    return (
        e.sourced_id, "", "", "true", login, "", e.given, e.family, "", e.number, e.email, "", "", agents, "", "", "",
        "", "", "", e.org_sourced_id, "", "", "", "", "", "", "",
    )  # fmt: skip


def employee_role(employee: Employee) -> Row:
    """An employee's row of roles.csv."""
    e = employee
    return f"role-{e.sourced_id}", "", "", e.sourced_id, "primary", e.role, "", "", e.org_sourced_id, ""


def users(household: Household) -> Iterator[Row]:
    """A household's rows of users.csv; links stand on both sides, ended guardianships on neither."""
    agents: dict[str, list[str]] = {}
    for bond in household.guardianships:
        if not bond.end:
            agents.setdefault(bond.student.sourced_id, []).append(bond.guardian.sourced_id)
            agents.setdefault(bond.guardian.sourced_id, []).append(bond.student.sourced_id)
    for student in household.students:
        yield _student_user(student, ",".join(agents.get(student.sourced_id, ())))
    for guardian in household.guardians:
        if not guardian.employed:
            yield _guardian_user(guardian, ",".join(agents.get(guardian.sourced_id, ())))


def _student_user(s: Student, agents: str) -> Row:
    return (
        s.sourced_id, "", "", "true", s.number.lower(), "", s.given, s.family, s.middle, s.number, "", "", "", agents,
        grade_name(s.grade), "", "", "", "", "", s.school.sourced_id, "", *s.address, s.language, s.ground,
    )  # fmt: skip


def _guardian_user(g: Guardian, agents: str) -> Row:
    return (
        g.sourced_id, "", "", "true", g.sourced_id, "", g.given, g.family, "", "", g.email, "", g.phone, agents, "",
        "", "", "", "", "", DISTRICT_SOURCED_ID, "", *g.address, g.language, "",
    )  # fmt: skip


def roles(household: Household) -> Iterator[Row]:
    """A household's rows of roles.csv: students at their schools, past ones secondary, and guardians."""
    for student in household.students:
        last = len(student.enrolments) - 1
        for place, enrolment in enumerate(student.enrolments):
            yield _student_role(student, place + 1, enrolment, "primary" if place == last else "secondary")
    for guardian in household.guardians:
        sourced_id = guardian.sourced_id
        role = f"role-{sourced_id}-family" if guardian.employed else f"role-{sourced_id}"
        yield role, "", "", sourced_id, "primary", guardian.role, "", "", DISTRICT_SOURCED_ID, ""


def _student_role(student: Student, place: int, enrolment: Enrolment, kind: str) -> Row:
    school, begin, end = enrolment
    sourced_id = student.sourced_id
    return f"role-{sourced_id}-{place}", "", "", sourced_id, kind, "student", begin, end, school.sourced_id, ""


def demographics(household: Household) -> Iterator[Row]:
    """A household's rows of demographics.csv: students' birth dates and sex, nothing else."""
    for student in household.students:
        yield student.sourced_id, "", "", student.birth_date, student.sex, *_NOBODY_ASKED


def guardianships(household: Household) -> Iterator[Row]:
    """A household's rows of guardianships.csv."""
    for b in household.guardianships:
        flags = (b.legal, b.lives_with, b.emergency)
        pair = (b.student.sourced_id, b.guardian.sourced_id, b.relation)
        yield *pair, *flags, b.priority, b.restriction, b.begin, b.end
