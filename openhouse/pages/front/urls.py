"""Addresses that anybody may open, and those of employees without a role."""

from django.urls import path, re_path

from openhouse.pages.front import (
    ask_for_role,
    door,
    employee_login,
    health,
    request_access,
    single_sign_on,
    withdraw_request,
)

app_name = "front"
urlpatterns = [
    path("", door.page, name="door"),
    path("employee-login/", employee_login.page, name="employee_login"),
    re_path("^employee-login/(?P<slug>[a-z][a-z0-9-]*)/$", single_sign_on.start, name="sign_on"),
    re_path("^employee-login/(?P<slug>[a-z][a-z0-9-]*)/callback/$", single_sign_on.callback, name="sign_on_callback"),
    path("sign-in-again/", employee_login.again, name="sign_in_again"),
    path("sign-out/", employee_login.leave, name="sign_out"),
    path("request-access/", request_access.page, name="request_access"),
    path("request-access/schools/<uuid:key>/", ask_for_role.page, name="ask_for_role"),
    path("request-access/district/", ask_for_role.far, name="ask_for_far_role"),
    path("request-access/<uuid:key>/withdraw/", withdraw_request.page, name="withdraw_request"),
    path("health/", health.page, name="health"),
]
