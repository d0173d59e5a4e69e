"""Addresses that anybody may open."""

from django.urls import path, re_path

from openhouse.pages.front import door, employee_login, health, single_sign_on

app_name = "front"
urlpatterns = [
    path("", door.page, name="door"),
    path("employee-login/", employee_login.page, name="employee_login"),
    re_path("^employee-login/(?P<slug>[a-z][a-z0-9-]*)/$", single_sign_on.start, name="sign_on"),
    re_path("^employee-login/(?P<slug>[a-z][a-z0-9-]*)/callback/$", single_sign_on.callback, name="sign_on_callback"),
    path("sign-in-again/", employee_login.again, name="sign_in_again"),
    path("sign-out/", employee_login.leave, name="sign_out"),
    path("health/", health.page, name="health"),
]
