"""All addresses of the portal. Ids in them are random, and nothing personal ever stands in one."""

from django.conf import settings
from django.urls import include, path

from openhouse.pages import errors

urlpatterns = [
    path("", include("openhouse.pages.front.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("family/", include("openhouse.pages.family.urls")),
    path("staff/", include("openhouse.pages.staff.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("openhouse.pages.demo.urls")))

handler400, handler403, handler404, handler500 = errors.bad_request, errors.forbidden, errors.not_found, errors.broken
