"""Addresses of the staff console."""

from django.urls import path

from openhouse.pages.staff import find, new_pin, pin_details, print_pin, show_pin, student

app_name = "staff"
urlpatterns = [
    path("", find.page, name="find"),
    path("found/<uuid:key>/", find.result, name="found"),
    path("students/<uuid:key>/", student.page, name="student"),
    path("students/<uuid:key>/pins/", pin_details.page, name="pin_details"),
    path("guardianships/<uuid:key>/show/", show_pin.page, name="show_pin"),
    path("guardianships/<uuid:key>/print/", print_pin.page, name="print_pin"),
    path("guardianships/<uuid:key>/new-pin/", new_pin.page, name="new_pin"),
]
