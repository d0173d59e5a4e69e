"""Addresses of the staff console."""

from django.urls import path

from openhouse.pages.staff import (
    district_history,
    find,
    history,
    new_pin,
    pdf_slip,
    pin_details,
    print_pin,
    show_pin,
    student,
)
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

app_name = "staff"
urlpatterns = [
    path("", find.page, name="find"),
    path("found/<uuid:key>/", find.result, name="found"),
    path("students/<uuid:key>/", student.page, name="student"),
    path("students/<uuid:key>/pins/", pin_details.page, name="pin_details"),
    path("students/<uuid:key>/history/", history.page, name="history"),
    path("guardianships/<uuid:key>/show/", show_pin.page, name="show_pin"),
    path("guardianships/<uuid:key>/print/", print_pin.page, name="print_pin"),
    path("guardianships/<uuid:key>/pdf/", pdf_slip.page, name="pdf_slip"),
    path("guardianships/<uuid:key>/new-pin/", new_pin.page, name="new_pin"),
    path("district/history/", district_history.page, name="district_history"),
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
