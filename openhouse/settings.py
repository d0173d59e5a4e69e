"""Every setting, from the environment only. What is missing or wrong fails loudly, with its name and an example.

District policy is not here: it lives in the database, with history (`openhouse policy list`).
"""

from __future__ import annotations

import os
import secrets
import zoneinfo
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from cryptography.fernet import Fernet
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from openhouse.accounts.single_sign_on import configuration
from openhouse.environment import SIS_SERVERS, insist, is_safe, mailer, private_file, reading, sis_address

PACKAGE = Path(__file__).parent
with reading("OPENHOUSE_DIR") as text:
    HOME = Path(text or Path.home() / ".openhouse").absolute()
    HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
with reading("OPENHOUSE_URL") as text:
    URL = urlsplit(text or "http://127.0.0.1:8000")
    insist(URL.scheme in ("http", "https") and URL.hostname and URL.path in ("", "/") and URL.port != 0)
HTTPS = URL.scheme == "https"
with reading("OPENHOUSE_DEMO") as text:
    DEMO = text == "1"  # in which anybody may sign in as anybody: never where others can reach it
    insist(not DEMO or (not HTTPS and URL.hostname in ("127.0.0.1", "localhost")))


def pin_keys() -> list[str]:
    """The keys that PINs are encrypted under, newest first: the first one writes, all of them read."""
    with reading("OPENHOUSE_PIN_KEYS") as text:
        if text:
            return checked(text.split(","))
    with reading("OPENHOUSE_PIN_KEY_FILE") as path:
        if path:
            return checked(Path(path).read_text().split())
    return private_file(HOME / "pin-keys", Fernet.generate_key().decode()).split()


def checked(keys: list[str]) -> list[str]:
    """The keys, if there is one and all are. Raises ValueError."""
    insist([Fernet(key) for key in keys])
    return keys


DEBUG = False
SECRET_KEY = os.environ.get("OPENHOUSE_SECRET_KEY") or private_file(HOME / "secret-key", secrets.token_urlsafe(64))
PIN_KEYS = pin_keys()
ALLOWED_HOSTS = [URL.hostname, "localhost", "127.0.0.1"] if not HTTPS else [URL.hostname]
CSRF_TRUSTED_ORIGINS = [f"{URL.scheme}://{URL.netloc}"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "allauth.mfa",
    "django_tasks_db",
    "openhouse.audit",
    "openhouse.policy",
    "openhouse.district",
    "openhouse.accounts",
    "openhouse.sync",
    "openhouse.access",
    "openhouse.roles",
    "openhouse.pages",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # a slow line; it pads at random against BREACH
    "openhouse.pages.caching.middleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "openhouse.pages.limits.middleware",  # outside the snapshot: it ends sessions
    "allauth.account.middleware.AccountMiddleware",
    "openhouse.pages.snapshot.middleware",  # innermost: sessions are saved outside the snapshot
]
ROOT_URLCONF = "openhouse.urls"
WSGI_APPLICATION = "openhouse.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "pages" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "openhouse.pages.context.everywhere",
            ]
        },
    }
]

FORM_RENDERER = "openhouse.pages.controls.Renderer"

# The database: a PostgreSQL named by DATABASE_URL, else one SQLite file in OPENHOUSE_DIR.
with reading("DATABASE_URL") as text:
    found = dj_database_url.parse(text or f"sqlite:///{HOME / 'db.sqlite3'}", conn_max_age=600, conn_health_checks=True)
    insist(found["ENGINE"] in ("django.db.backends.sqlite3", "django.db.backends.postgresql"))
    DATABASES = {"default": found}
SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if SQLITE:
    if "memory" not in str(found["NAME"]):  # for its owner alone, whatever the folder allows
        os.close(os.open(found["NAME"], os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        transaction_mode="IMMEDIATE",
        timeout=20,
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    )
else:  # values apart from the text, so that what openhouse.wsgi prepares is one question for all values
    DATABASES["default"].setdefault("OPTIONS", {})["server_side_binding"] = True

# The SIS (sync.catalogue): the one that is read every night, and the one that is asked about one student.
with reading("OPENHOUSE_SIS") as text:
    SIS = sis_address(text)
with reading("OPENHOUSE_SIS_LOOKUP") as text:
    SIS_LOOKUP = sis_address(text) if text else SIS
SIS_IS_ASKED = bool({SIS.kind, SIS_LOOKUP.kind} & set(SIS_SERVERS))
with reading("OPENHOUSE_SIS_CLIENT_ID") as text:
    SIS_CLIENT_ID = text
    insist(text or not SIS_IS_ASKED)
with reading("OPENHOUSE_SIS_CLIENT_SECRET_FILE") as path:
    SIS_CLIENT_SECRET = Path(path).read_text().strip() if path else os.environ.get("OPENHOUSE_SIS_CLIENT_SECRET", "")
    insist(SIS_CLIENT_SECRET or not SIS_IS_ASKED)
with reading("OPENHOUSE_SIS_TOKEN_URL") as text:
    SIS_TOKEN_URL = text
    insist(is_safe(text) if text else "oneroster-rest" not in (SIS.kind, SIS_LOOKUP.kind))  # Ed-Fi says it itself
SIS_SCOPE = os.environ.get("OPENHOUSE_SIS_SCOPE", "")  # blank: what the kind of SIS asks for

# Sign-in: one table, two kinds of account that never mix (accounts.models).
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["openhouse.accounts.backends.GuardianBackend", "openhouse.accounts.backends.EmployeeBackend"]
PASSWORD_HASHERS = ["openhouse.accounts.passwords.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    # NIST SP 800-63B-4 §3.1.1.2: 15 characters where the password is the only factor, and no rules on its composition.
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "openhouse.accounts.passwords.RepetitionValidator"},
    {"NAME": "openhouse.accounts.passwords.ContextValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "given_name", "family_name"]},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "family:home"
LOGOUT_REDIRECT_URL = "front:door"
ACCOUNT_ADAPTER = "openhouse.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "openhouse.accounts.forms.NameForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 10 * 60  # OWASP ASVS 5.0, 6.5.5
# Codes by mail are digits, which any phone types. Three tries each, 10 minutes: eight to confirm an address. A reset opens the
# account, so its code has ten: at five an hour, guessing one account's all year long succeeds once in 76,000 years.
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": False}
ACCOUNT_PASSWORD_RESET_BY_CODE_CODE_FORMAT = {"numeric": True, "length": 10, "dashed": False}
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # before email or password change (OWASP ASVS 5.0, 7.5.1)
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "front:door"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = URL.scheme
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False  # a library's computer remembers nobody
# A school's registration night is two hundred parents behind one address: the limits that count addresses alone are wide,
# those that count an account stay (dependencies: allauth's defaults).
ACCOUNT_RATE_LIMITS = {
    "signup": "600/m/ip",
    "login": "600/m/ip",
    "login_failed": "1000/h/ip,50/h/key",  # wide: fifteen characters are not guessed, and nobody may lock a family out
    "reset_password": "30/m/ip,5/h/key",
    "confirm_email": "1/10s/key",
    "second_factor": "5/15m/key,20/d/key",  # six digits: a year of it finds one in 45 accounts whose passwords are known
}
# Employees' single sign-on. allauth speaks with the providers, and does nothing else (accounts.single_sign_on).
SSO = configuration.read(os.environ.get("OPENHOUSE_SSO", ""))
SOCIALACCOUNT_PROVIDERS = configuration.for_allauth(SSO)
SOCIALACCOUNT_ADAPTER = "openhouse.accounts.single_sign_on.adapter.SocialAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_STORE_TOKENS = False
with reading("OPENHOUSE_TRUSTED_PROXIES") as text:
    ALLAUTH_TRUSTED_PROXY_COUNT = int(text or "0")
    insist(ALLAUTH_TRUSTED_PROXY_COUNT >= 0)
# Beyond so many entries some are thrown away, and the limits' counts are among them.
CACHE = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
CACHES = {"default": CACHE | {"OPTIONS": {"MAX_ENTRIES": 100_000}}}
# Second factors of guardians; employees bring their provider's.
MFA_ADAPTER = "openhouse.accounts.factor_adapter.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {"authenticate": "openhouse.accounts.codes.SignInForm"}
MFA_FORMS["reauthenticate"] = "openhouse.accounts.codes.AgainForm"
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey is two factors in one: the device, and what unlocks it
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # a clock that is half a minute off; each code still works once (accounts.factors)
MFA_RATE_LIMITS = {"webauthn_login": "600/m/ip"}

# Sessions and headers.
SESSION_ENGINE = "openhouse.accounts.session_store"
SESSION_COOKIE_AGE = 12 * 60 * 60  # since it was last used; policy says what a family's may rest and last
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "openhouse.pages.errors.csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}

# Words, times, files.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
with reading("OPENHOUSE_TIME_ZONE") as text:
    TIME_ZONE = zoneinfo.ZoneInfo(text or "America/Los_Angeles").key
STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("OPENHOUSE_STATIC_DIR") or HOME / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "openhouse.pages.files.Storage"},
}

# Mail: smtp://user:password@host:587?tls=1, or files in OPENHOUSE_DIR/mail where no address is given.
MAIL_DIR = HOME / "mail"
with reading("OPENHOUSE_MAIL_URL") as text:
    if not text:
        MAIL_DIR.mkdir(mode=0o700, exist_ok=True)
    MAILERS = {"default": mailer(text, MAIL_DIR)}
DEFAULT_FROM_EMAIL = os.environ.get("OPENHOUSE_MAIL_FROM", f"noreply@{URL.hostname}")

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "openhouse.logs.Discreet", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "allauth": {"level": "CRITICAL"},  # it quotes what came from outside; this house has lines of its own
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # answered with 400; every scanner of the net asks
    },
}
