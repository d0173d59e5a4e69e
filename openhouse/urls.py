"""All addresses of the portal. Ids in them are random, and nothing personal ever stands in one."""

from collections.abc import Callable

from allauth.account import urls as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkey
from django.conf import settings
from django.http import HttpResponse
from django.urls import URLPattern, include, path, re_path

from openhouse.pages import doors, errors
from openhouse.pages.family import security, slip
from openhouse.pages.front import single_sign_on


def _fit(page: URLPattern) -> URLPattern:
    """One of allauth's pages, with a door."""
    return URLPattern(page.pattern, doors.not_employees(page.callback), page.default_args, page.name)


def _saml(rest: str, page: Callable[..., HttpResponse], name: str) -> URLPattern:
    """An address of a SAML provider, under the name by which allauth asks for it."""
    return re_path(f"^employee-login/(?P<organization_slug>[a-z][a-z0-9-]*)/{rest}$", page, name=name)


FACTORS = [  # of allauth's pages those that are needed; the names are allauth's
    path("authenticate/", factor.authenticate, name="mfa_authenticate"),
    path("reauthenticate/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("app/set-up/", totp.activate_totp, name="mfa_activate_totp"),
    path("app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("passkey/login/", passkey.login_webauthn, name="mfa_login_webauthn"),
    path("passkey/reauthenticate/", passkey.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("passkey/add/", passkey.add_webauthn, name="mfa_add_webauthn"),
]
urlpatterns = [
    path("", include("openhouse.pages.front.urls")),
    path("accounts/", include([_fit(page) for page in account.urlpatterns])),
    path("accounts/second-factor/", include([_fit(page) for page in FACTORS])),
    path("family/security/", security.page, name="mfa_index"),
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
