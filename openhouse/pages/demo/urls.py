"""Addresses that exist only in the demo."""

from django.urls import path

from openhouse.pages.demo import employees, mail, sis

app_name = "demo"
urlpatterns = [
    path("employees/", employees.page, name="employees"),
    path("mail/", mail.page, name="mail"),
    path("sis/", sis.page, name="sis"),
]
