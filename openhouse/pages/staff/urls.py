"""Addresses of the staff console."""

from django.urls import path

from openhouse.pages.staff import (
    add_guardian,
    ask_colleague,
    decide_request,
    district_history,
    find,
    find_by_name,
    history,
    lookup,
    new_pin,
    pdf_slip,
    pick_school,
    pin_details,
    print_pin,
    requests,
    show_pin,
    student,
    why,
)
from openhouse.pages.staff.disclosures import correction as disclosure_error
from openhouse.pages.staff.disclosures import listing as disclosures
from openhouse.pages.staff.district import (
    alarms,
    keys,
    landing,
    letter_languages,
    policy,
    policy_value,
    school_years,
    tile,
    tiles,
)
from openhouse.pages.staff.identity import document, pin, questions
from openhouse.pages.staff.parents import (
    account,
    activate,
    confirmation,
    deactivate,
    end_tie,
    exception,
    factors,
    merge,
    search,
    students,
    tie,
    unlock,
)
from openhouse.pages.staff.parents import why as parents_why
from openhouse.pages.staff.reports import campus_file, campus_list, campus_view, reporting, schools, turning_18
from openhouse.pages.staff.roles import appoint, decide, holders, inbox, renewals, revoke
from openhouse.pages.staff.sync import (
    accept,
    access,
    differences,
    let_in,
    run,
    runs,
    set_aside,
    set_aside_file,
    set_aside_rows,
    throw_away,
)
from openhouse.pages.staff.trail import file as trail_file
from openhouse.pages.staff.trail import search as trail_search
from openhouse.policy.values import FIELDS

app_name = "staff"
urlpatterns = [
    path("", find.page, name="find"),
    path("by-name/", find_by_name.page, name="find_by_name"),
    path("by-name/<uuid:key>/", find_by_name.listing, name="found_by_name"),
    path("found/<uuid:key>/", find.result, name="found"),
    path("students/<uuid:key>/", student.page, name="student"),
    path("students/<uuid:key>/pins/", pin_details.page, name="pin_details"),
    path("students/<uuid:key>/lookup/", lookup.page, name="lookup"),
    path("lookup/", lookup.typed, name="lookup_typed"),
    path("guardianships/<uuid:key>/add/", add_guardian.page, name="add_guardian"),
    path("students/<uuid:key>/history/", history.page, name="history"),
    path("students/<uuid:key>/disclosures/", disclosures.page, name="disclosures"),
    path("disclosures/<uuid:key>/error/", disclosure_error.page, name="disclosure_error"),
    path("guardianships/<uuid:key>/show/", show_pin.page, name="show_pin"),
    path("guardianships/<uuid:key>/print/", print_pin.page, name="print_pin"),
    path("guardianships/<uuid:key>/pdf/", pdf_slip.page, name="pdf_slip"),
    path("guardianships/<uuid:key>/new-pin/", new_pin.page, name="new_pin"),
    path("guardianships/<uuid:key>/why/", why.page, name="why"),
    path("parents/", search.page, name="parents"),
    path("parents/names/<uuid:key>/", search.listing, name="parents_found"),
    path("parents/<uuid:key>/", account.page, name="parent"),
    path("parents/<uuid:key>/found/", search.result, name="parent_found"),
    path("parents/<uuid:key>/students/", students.page, name="parent_students"),
    path("parents/<uuid:key>/activate/", activate.page, name="activate"),
    path("parents/<uuid:key>/deactivate/", deactivate.page, name="deactivate"),
    path("parents/<uuid:key>/exception/", exception.page, name="exception"),
    path("parents/<uuid:key>/exception/remove/", exception.remove, name="remove_exception"),
    path("parents/<uuid:key>/unlock/", unlock.page, name="unlock"),
    path("parents/<uuid:key>/second-factors/", factors.page, name="factors"),
    path("parents/<uuid:key>/confirmation/", confirmation.page, name="confirmation"),
    path("parents/<uuid:key>/tie/", tie.find, name="tie"),
    path("parents/<uuid:key>/tie/<uuid:guardianship>/", tie.page, name="tie_guardian"),
    path("parents/<uuid:key>/ties/<uuid:guardian>/end/", end_tie.page, name="end_tie"),
    path("parents/<uuid:key>/merge/", merge.find, name="merge"),
    path("parents/<uuid:key>/why/", parents_why.page, name="why_account"),
    path("parents/<uuid:key>/merge/<uuid:other>/", merge.page, name="merge_accounts"),
    path("requests/", requests.page, name="requests"),
    path("requests/ask/", ask_colleague.page, name="ask_colleague"),
    path("requests/<uuid:key>/", decide_request.page, name="decide_request"),
    path("guardianships/<uuid:key>/verify/", questions.page, name="verify"),
    path("identity-checks/<uuid:key>/", document.page, name="identity_check"),
    path("identity-checks/<uuid:key>/pin/", pin.page, name="verified_pin"),
    path("reports/", reporting.page, name="reporting"),
    path("reports/turning-18/", turning_18.page, name="turning_18"),
    path("reports/registered-parents/", schools.page, name="registered_parents"),
    path("reports/registered-parents/<uuid:key>/", campus_view.page, name="campus_view"),
    *(
        path(f"reports/registered-parents/<uuid:key>/{rows}/{end}", page, {"rows": rows}, name=f"campus_{rows}{name}")
        for rows in ("students", "guardians")
        for end, page, name in (("", campus_list.page, ""), ("file/", campus_file.page, "_file"))
    ),
    path("district/", landing.page, name="district"),
    path("district/policy/", policy.page, name="policy"),
    *(
        path(f"district/policy/{name.replace('_', '-')}/", policy_value.page, {"name": name}, name="policy_value")
        for name in FIELDS
    ),
    path("district/school-years/", school_years.page, name="school_years"),
    path("district/tiles/", tiles.page, name="tiles"),
    path("district/tiles/tile/", tile.page, name="tile"),
    path("district/languages/", letter_languages.page, name="languages"),
    path("district/keys/", keys.page, name="keys"),
    path("district/alarms/", alarms.page, name="alarms"),
    path("schools/", pick_school.page, name="pick_school"),
    path("schools/all/", pick_school.lift, name="all_schools"),
    path("roles/", inbox.page, name="roles"),
    path("roles/requests/<uuid:key>/", decide.page, name="decide_role"),
    path("roles/holders/", holders.page, name="role_holders"),
    path("roles/holders/<uuid:key>/revoke/", revoke.page, name="revoke_role"),
    path("roles/renewals/", renewals.page, name="role_renewals"),
    path("roles/appoint/", appoint.find, name="find_employee"),
    path("roles/appoint/<uuid:key>/", appoint.page, name="appoint"),
    path("district/history/", district_history.page, name="district_history"),
    path("district/trail/", trail_search.page, name="trail"),
    path("district/trail/file/", trail_file.page, name="trail_file"),
    path("district/sync/", runs.page, name="sync"),
    path("district/sync/<uuid:key>/", run.page, name="sync_run"),
    path("district/sync/<uuid:key>/differences/", differences.page, name="sync_differences"),
    path("district/sync/<uuid:key>/access/", access.page, name="sync_access"),
    path("district/sync/<uuid:key>/accept/", accept.page, name="sync_accept"),
    path("district/sync/<uuid:key>/let-in/", let_in.page, name="sync_let_in"),
    path("district/sync/<uuid:key>/throw-away/", throw_away.page, name="sync_throw_away"),
    path("district/sync/<uuid:key>/set-aside/", set_aside.page, name="set_aside"),
    path("district/sync/<uuid:key>/set-aside/rows/", set_aside_rows.page, name="set_aside_rows"),
    path("district/sync/<uuid:key>/set-aside/file/", set_aside_file.page, name="set_aside_file"),
]
