"""All addresses of the portal. Ids in them are random, and nothing personal ever stands in one."""

from collections.abc import Callable

from allauth.account import urls as account
from django.conf import settings
from django.http import HttpResponse
from django.urls import URLPattern, include, path, re_path

from openhouse.pages import doors, errors
from openhouse.pages.family import slip
from openhouse.pages.front import single_sign_on


def _fit(page: URLPattern) -> URLPattern:
    """One of allauth's pages, with a door."""
    return URLPattern(page.pattern, doors.not_employees(page.callback), page.default_args, page.name)


def _saml(rest: str, page: Callable[..., HttpResponse], name: str) -> URLPattern:
    """An address of a SAML provider, under the name by which allauth asks for it."""
    return re_path(f"^employee-login/(?P<organization_slug>[a-z][a-z0-9-]*)/{rest}$", page, name=name)


urlpatterns = [
    path("", include("openhouse.pages.front.urls")),
    path("accounts/", include([_fit(page) for page in account.urlpatterns])),
    path("family/", include("openhouse.pages.family.urls")),
    path("s/<uuid:key>/", slip.page, name="slip"),  # short, for it stands in a QR code
    _saml("acs/", single_sign_on.acs, "saml_acs"),
    _saml("acs/finish/", single_sign_on.acs_finish, "saml_finish_acs"),
    _saml("sls/", single_sign_on.sls, "saml_sls"),
    _saml("metadata/", single_sign_on.metadata, "saml_metadata"),
    path("staff/", include("openhouse.pages.staff.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("openhouse.pages.demo.urls")))

handler400, handler403, handler404, handler500 = errors.bad_request, errors.forbidden, errors.not_found, errors.broken
handler429 = errors.too_many  # for allauth
