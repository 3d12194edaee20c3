"""Settings: everything that differs between installations comes from the environment.

Without DEMO or DEBUG this is a production: it refuses to start without its keys, its host names and the municipality's
name, or with a value that cannot be read (environment.py). DEMO is set by `./run` only: demo users on the sign-in page,
plain http on the machine itself. docs in README.md and docker-compose.yml.
"""

import os
import sys
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.urls import reverse_lazy

from fællesfamilier import environment, keys

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
# What must survive: the embedded database, and the keys (in a folder of their own, outside every database).
DATA_DIR = Path(env.str("FF_DATA", default=str(BASE_DIR / ".data"))).absolute()

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
PRODUCTION = not (DEBUG or DEMO)

# Keys -----------------------------------------------------------------------------------------------------------------
KEY_DIR = DATA_DIR / "keys"
if not PRODUCTION:
    keys.make(KEY_DIR)
_keys = keys.read(KEY_DIR)
if _missing := [name for name in keys.NAMES if name not in _keys]:
    sys.exit(keys.missing_line(_missing, KEY_DIR))
if _faults := environment.faults(os.environ, _keys, is_production=PRODUCTION):
    sys.exit("\n".join(_faults))
SECRET_KEY = _keys["SECRET_KEY"]
FIELD_KEYS = [key.strip() for key in _keys["FIELD_KEYS"].split(",") if key.strip()]
INDEX_KEY = _keys["INDEX_KEY"]
LOG_KEY = _keys["LOG_KEY"]

# The municipality (docker-compose.yml gives what is not set as an empty value) -----------------------------------------
MUNICIPALITY = {
    "name": env.str("FF_MUNICIPALITY", default="") or "Storebælt Kommune",  # a production has set its own
    "support": env.str("FF_SUPPORT", default="")
    or (
        "Ring til koordinator Birgit Ørsted, 09 31 20 80."
        if DEMO
        else "Kontakt din koordinator eller kommunens it-support."
    ),
}
# May the family read the names of those who looked, or their function and department only (privacy/lookups.py)?
LOOKUPS_WITH_NAMES = env.bool("FF_LOOKUP_NAMES", default=False)
# A folder with the municipality's own collaboration models (TOML), beside those in cases/collaboration/.
COLLABORATION_DIR = env.str("FF_COLLABORATION", default="")
# Files with the municipality's own ages (cases/ages.toml) and days of keeping (privacy/fields.toml), each with the lines
# it changes; docs/operations.md.
AGES_FILE = env.str("FF_AGES", default="")
PERIODS_FILE = env.str("FF_PERIODS", default="")

# Apps, from the top of the house to the bottom (import-linter in pyproject.toml holds the order) -------------------------
INSTALLED_APPS = [
    "fællesfamilier",
    "insight",
    "privacy",
    "desk",
    "plans",
    "meetings",
    "consent",
    "cases",
    "documents",
    "audit",
    "drafts",
    "organisation",
    "web",
    "django_htmx",
    "simple_history",
    "template_partials",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "web.middleware.HeadersMiddleware",
    "fællesfamilier.health.without_session",
    "web.middleware.PatientSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "web.middleware.SignedInMiddleware",
    "meetings.kiosk.FamilyScreenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "audit.middleware.Once",
    "web.middleware.ErrorsMiddleware",
]

ROOT_URLCONF = "fællesfamilier.urls"
WSGI_APPLICATION = "fællesfamilier.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context.site",
            ],
        },
    },
]
# Form templates are looked up like any other, so that templates/ may replace them.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Language and time ----------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "da"
USE_I18N = True
TIME_ZONE = "Europe/Copenhagen"
USE_TZ = True

# Database: embedded SQLite, or PostgreSQL by DATABASE_URL -----------------------------------------------------------------
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if env.str("DATABASE_URL", default=""):
    DATABASES = {"default": env.db_url("DATABASE_URL")}
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # PostgreSQL compiles a statement that its guess makes dear to machine code: on tables it has not counted yet, half a
    # second for one that takes a millisecond.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
else:
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "db.sqlite3",
            "OPTIONS": {
                # Deferred transactions lose concurrent writes to "database is locked"; see docs/decisions.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # What is deleted is wiped from the file, on every build of SQLite (web.sqlite.let_go).
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON;",
            },
        },
    }
DATABASES["default"]["ATOMIC_REQUESTS"] = True

# Shared by all workers, for the limits on sign-in: a table of the database (made by migrate). One worker's memory would
# let a guesser try anew at each worker.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}

# The koordinator's counts are counted again, after the answer, when they are so many seconds old (docs/decisions/0010);
# the page says when they were made. 0 counts at every look.
OVERVIEW_KEPT_SECONDS = env.int("FF_OVERVIEW_SECONDS", default=300)

# Backups: `manage.py opgaver` takes one into this folder and keeps the newest (docs/operations.md) ---------------------
BACKUP_DIR = env.str("FF_BACKUP", default="")
BACKUP_KEEP = env.int("FF_BACKUP_KEEP", default=14)

# Sign-in --------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "organisation.User"
# The first signs in a demo user without a password; the second is django-allauth's, with its rate limits.
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = reverse_lazy("logged_out")
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_ADAPTER = "organisation.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "organisation.signin_forms.LoginForm",
    "reauthenticate": "organisation.signin_forms.ReauthenticateForm",
    "change_password": "organisation.signin_forms.ChangePasswordForm",
}
# The proxy in front (docker-compose.yml) is the one whose X-Forwarded-For may be believed, for the rate limits.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("FF_PROXIES", default=1 if PRODUCTION else 0)
MFA_ADAPTER = "organisation.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "organisation.signin_forms.AuthenticateForm",
    "reauthenticate": "organisation.signin_forms.MFAReauthenticateForm",
    "activate_totp": "organisation.signin_forms.ActivateTOTPForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from the municipality; nobody verifies them here
MFA_TOTP_ISSUER = "Fælles Familier"
# Single sign-on by OpenID Connect: FF_OIDC_ISSUER, FF_OIDC_CLIENT_ID and FF_OIDC_SECRET; matched on issuer + subject.
SOCIALACCOUNT_ADAPTER = "organisation.adapters.SocialAccountAdapter"
# A link, not a form: the policy form-action 'self' would stop a form on its way to the municipality's sign-in.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS: dict[str, object] = {}
if env.str("FF_OIDC_ISSUER", default=""):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "SCOPE": ["openid"],
        "APPS": [
            {
                "provider_id": "kommune",
                "name": env.str("FF_OIDC_NAME", default="") or MUNICIPALITY["name"],
                "client_id": env.str("FF_OIDC_CLIENT_ID"),
                "secret": env.str("FF_OIDC_SECRET"),
                "settings": {"server_url": env.str("FF_OIDC_ISSUER"), "fetch_userinfo": False},
            }
        ],
    }

# Sessions: gone with the browser, or an hour after the last act (web.middleware.PatientSessionMiddleware) -------------
SESSION_COOKIE_AGE = 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "web.views.csrf_failure"
CSRF_COOKIE_SAMESITE = "Lax"

# Browser safety -------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrf"

# A long text must reach its form, which answers with a message; the proxy stops what is larger.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

# Static files: collected under hashed names and served by the app itself ------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("FF_STATIC", default=str(BASE_DIR / "staticfiles"))).absolute()
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # files live in the database: documents
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Fonts are not worth compressing; the TTF are read from disk by the PDFs.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("ttf", "woff2", "png", "jpg", "ico", "gz", "br")
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# Mail and log ---------------------------------------------------------------------------------------------------------
# The app sends no mail; nor may a package that it is built on.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A stranger's Host is answered with 400, which the proxy's log tells; anybody could fill ours with it.
    "loggers": {"django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False}},
}
