"""Addresses that anybody may open."""

from django.urls import path

from openhouse.pages.front import door, employee_login, health

app_name = "front"
urlpatterns = [
    path("", door.page, name="door"),
    path("employee-login/", employee_login.page, name="employee_login"),
    path("sign-in-again/", employee_login.again, name="sign_in_again"),
    path("sign-out/", employee_login.leave, name="sign_out"),
    path("health/", health.page, name="health"),
]
