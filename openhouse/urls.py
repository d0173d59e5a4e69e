"""All addresses of the portal. Ids in them are random, and nothing personal ever stands in one."""

from allauth.account import urls as account
from django.conf import settings
from django.urls import URLPattern, include, path

from openhouse.pages import doors, errors
from openhouse.pages.family import slip


def _fit(page: URLPattern) -> URLPattern:
    """One of allauth's pages, with a door."""
    return URLPattern(page.pattern, doors.not_employees(page.callback), page.default_args, page.name)


urlpatterns = [
    path("", include("openhouse.pages.front.urls")),
    path("accounts/", include([_fit(page) for page in account.urlpatterns])),
    path("family/", include("openhouse.pages.family.urls")),
    path("s/<uuid:key>/", slip.page, name="slip"),  # short, for it stands in a QR code
    path("staff/", include("openhouse.pages.staff.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("openhouse.pages.demo.urls")))

handler400, handler403, handler404, handler500 = errors.bad_request, errors.forbidden, errors.not_found, errors.broken
handler429 = errors.too_many  # for allauth
