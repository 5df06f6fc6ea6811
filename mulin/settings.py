"""Every setting, read from the environment, with defaults that run on a fresh machine.

A value that ends in `_FILE` names a file whose content is the value (for secrets). A wrong
value stops the start with a sentence.
"""

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

PACKAGE_DIR = Path(__file__).resolve().parent


def _env(name: str, default: str = "") -> str:
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def _flag(name: str, *, default: bool) -> bool:
    typed = _env(name, "1" if default else "0").lower()
    if typed in {"1", "true", "yes", "on"}:
        return True
    if typed in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {typed!r}.")


def _number(name: str, default: int) -> int:
    typed = _env(name, str(default))
    try:
        return int(typed)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {typed!r}.") from None


def _hours(name: str, default: str) -> tuple[int, int]:
    """Two hours of the day as "21-7". Raises ImproperlyConfigured for anything else."""
    typed = _env(name, default)
    begin, _, end = typed.partition("-")
    hours = {str(hour) for hour in range(24)}
    if not {begin, end} <= hours:
        raise ImproperlyConfigured(f"{name} must be two hours such as 21-7, not {typed!r}.")
    return int(begin), int(end)


def _keys(data_dir: Path) -> dict[str, str]:
    """The installation's own keys, made at the first start and kept beside the database."""
    path = data_dir / "keys.json"
    if not path.exists():
        fresh = {name: secrets.token_urlsafe(48) for name in ("secret", "salt", "index", "audit")}
        # Written whole beside it, then linked: of two first starts one wins, and neither reads half.
        draft = path.with_suffix(f".{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(fresh, file)
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return dict(json.loads(path.read_text(encoding="utf-8")))


# --- where things are -------------------------------------------------------------------------

DATA_DIR = Path(_env("MULIN_DATA_DIR", "var")).resolve()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
FILES_DIR = DATA_DIR / "files"
_own_keys = _keys(DATA_DIR)

# --- secrets ----------------------------------------------------------------------------------

SECRET_KEY = _env("MULIN_SECRET_KEY", _own_keys["secret"])
SECRET_KEY_FALLBACKS = _env("MULIN_SECRET_KEY_FALLBACKS", _own_keys.get("fallbacks", "")).split()
SALT_KEY = _env("MULIN_SALT_KEY", _own_keys["salt"]).split()
MULIN_INDEX_KEY = _env("MULIN_INDEX_KEY", _own_keys["index"]).encode()
MULIN_AUDIT_KEY = _env("MULIN_AUDIT_KEY", _own_keys["audit"]).encode()
MULIN_MEDIATION_KEYS = _env("MULIN_MEDIATION_KEYS", str(DATA_DIR / "mediation-keys.json"))
MULIN_BACKUP_KEY = _env("MULIN_BACKUP_KEY")  # without one: of keys.json (see ground/upkeep/keys.py)

# --- the server -------------------------------------------------------------------------------

DEBUG = _flag("MULIN_DEBUG", default=False)
MULIN_ADDRESS = _env("MULIN_ADDRESS", "127.0.0.1")
ALLOWED_HOSTS = _env("MULIN_HOSTS", "localhost 127.0.0.1 [::1]").split()
CSRF_TRUSTED_ORIGINS = _env("MULIN_ORIGINS").split()
HTTPS = _flag("MULIN_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = _number("MULIN_SESSION_HOURS", 10) * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
MULIN_CERTIFICATE = _env("MULIN_CERTIFICATE")  # the proxy's, whose last day the operator is told
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
ROOT_URLCONF = "mulin.urls"
WSGI_APPLICATION = "mulin.wsgi.application"
CSRF_FAILURE_VIEW = "mulin.site.views.errors.csrf_failure"
MULIN_DEMO = _flag("MULIN_DEMO", default=False)
#: Unsafe settings stop the start (ground.upkeep.safety): also where nobody could see from the
#: address and the host names that residents come here.
MULIN_PRODUCTION = _flag("MULIN_PRODUCTION", default=False)
MULIN_ACCEPT = _env("MULIN_ACCEPT").split()
for _accepted in MULIN_ACCEPT:
    if _accepted not in {"plain-http", "file-mode"}:
        raise ImproperlyConfigured(
            f"MULIN_ACCEPT may name plain-http and file-mode, not {_accepted!r}."
        )

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "axes",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_q",
    "mulin.kit",
    "mulin.ground.community",
    "mulin.ground.audit",
    "mulin.ground.notify",
    "mulin.ground.downloads",
    "mulin.ground.figures",
    "mulin.ground.street",
    "mulin.ground.people",
    "mulin.ground.places",
    "mulin.ground.drafts",
    "mulin.ground.upkeep",
    "mulin.commons.flow",
    "mulin.commons.paper",
    "mulin.commons.planning",
    "mulin.commons.ballots",
    "mulin.commons.gatherings",
    "mulin.commons.rota",
    "mulin.commons.ledgers",
    "mulin.parlour.reception",
    "mulin.parlour.survey",
    "mulin.parlour.deliberation",
    "mulin.parlour.suggestions",
    "mulin.parlour.classroom",
    "mulin.parlour.rounds",
    "mulin.parlour.doublefive",
    "mulin.workshop.production",
    "mulin.workshop.skills",
    "mulin.workshop.wages",
    "mulin.circle.booking",
    "mulin.circle.proximity",
    "mulin.workshop.childcare",
    "mulin.circle.elders",
    "mulin.circle.volunteers",
    "mulin.circle.mediation",
    "mulin.circle.alarms",
    "mulin.site",
]

MIDDLEWARE = [
    "mulin.site.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mulin.site.middleware.RequestLogMiddleware",
    "csp.middleware.CSPMiddleware",
    "mulin.site.middleware.DeviceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mulin.site.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mulin.site.middleware.CommunityMiddleware",
    "axes.middleware.AxesMiddleware",
]

_loaders: list[Any] = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
if not DEBUG:
    _loaders = [("django.template.loaders.cached.Loader", _loaders)]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", _loaders)],
            "builtins": ["template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "mulin.site.context.everywhere",
            ],
        },
    }
]
FORM_RENDERER = "mulin.kit.forms.Renderer"
# Two libraries are called i18n: ours (kit) keeps sentences that never differ, and is meant to win.
SILENCED_SYSTEM_CHECKS = ["templates.W003"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "object-src": [NONE],
    }
}

# --- databases --------------------------------------------------------------------------------

_database = dj_database_url.parse(
    _env("MULIN_DATABASE_URL", f"sqlite:///{DATA_DIR / 'mulin.sqlite3'}"),
    conn_max_age=600,
    conn_health_checks=True,
)
if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;"
            # A commit that a power cut takes back would be a lost need, vote or alarm.
            "PRAGMA synchronous=FULL;"
            "PRAGMA foreign_keys=ON;"
            "PRAGMA temp_store=MEMORY;"
        ),
    }
elif not _flag("MULIN_DATABASE_POOLED", default=False):
    # A connection plans each statement once, not anew for every page: left to itself PostgreSQL
    # takes longer to plan what the desk owes than to count it. A pooler that gives a connection
    # to another with every transaction would lose the plans.
    _database["OPTIONS"] = {
        "server_side_binding": True,
        "prepare_threshold": 5,
        # And answers it alone: to call helpers takes longer than any question of a page.
        "options": "-c plan_cache_mode=force_generic_plan -c max_parallel_workers_per_gather=0",
    }
if _schema := _env("MULIN_DATABASE_SCHEMA"):  # where a restore builds what it proves
    _options = _database.setdefault("OPTIONS", {})
    _options["options"] = f"{_options.get('options', '')} -c search_path={_schema}".strip()
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "mulin",
    }
}

# --- backups ----------------------------------------------------------------------------------

#: Where the worker puts a backup each night; without it nobody makes one but by hand.
MULIN_BACKUP_DIR = _env("MULIN_BACKUP_DIR")

# --- people who sign in -----------------------------------------------------------------------

AUTH_USER_MODEL = "community.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "site:sign-in"
LOGIN_REDIRECT_URL = "site:home"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "mulin.ground.community.passwords.LongEnough",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
# A hall behind one address must not be shut by one stranger: lock the pair, and the account
# alone only after many more tries.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_ENABLED = True
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login_name"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_CALLABLE = "mulin.site.views.errors.locked_out"
AXES_CLIENT_IP_CALLABLE = "mulin.site.addresses.address_of"
OTP_TOTP_ISSUER = "Mulin"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# --- jobs and messages ------------------------------------------------------------------------

Q_CLUSTER = {
    "name": "mulin",
    "orm": "default",
    "workers": 1,
    "recycle": 500,
    "timeout": 240,
    "retry": 300,
    "max_attempts": 5,
    "poll": 1,
    "scheduler": False,  # the guard's: here the worker does it (mulin/working.py)
    "save_limit": 500,
    "ack_failures": True,
    "catch_up": False,
    "label": "jobs",
}
#: Local hours between which nothing but alarms is sent out: "21-7"; "0-0" is never.
MULIN_QUIET_HOURS = _hours("MULIN_QUIET_HOURS", "21-7")
MULIN_MESSAGES_PER_MINUTE = _number("MULIN_MESSAGES_PER_MINUTE", 60)
MULIN_SMS_URL = _env("MULIN_SMS_URL")
MULIN_SMS_TOKEN = _env("MULIN_SMS_TOKEN")
MULIN_VOICE_URL = _env("MULIN_VOICE_URL")
MULIN_VOICE_TOKEN = _env("MULIN_VOICE_TOKEN")
EMAIL_URL = _env("MULIN_EMAIL_URL")
MULIN_FONT = _env("MULIN_FONT")  # a font with Chinese for pictures, where none is found
MULIN_SPEECH_DIR = _env("MULIN_SPEECH_DIR", str(DATA_DIR / "models" / "speech"))  # docs/hearing.md
MULIN_WECHAT_API = _env("MULIN_WECHAT_API", "https://api.weixin.qq.com")
MULIN_WECHAT_DOOR = _env("MULIN_WECHAT_DOOR", "https://open.weixin.qq.com")

# --- devices that call (docs/alarms.md) ---------------------------------------------------------

MULIN_MQTT = _flag("MULIN_MQTT", default=False)  # mulin serve --mqtt
MULIN_MQTT_ADDRESS = _env("MULIN_MQTT_ADDRESS", "127.0.0.1")
MULIN_MQTT_PORT = _number("MULIN_MQTT_PORT", 1883)
MULIN_MQTT_CERTIFICATE = _env("MULIN_MQTT_CERTIFICATE")
MULIN_MQTT_CERTIFICATE_KEY = _env("MULIN_MQTT_CERTIFICATE_KEY")
MULIN_MQTT_DIR = Path(_env("MULIN_MQTT_DIR", str(DATA_DIR / "mosquitto"))).resolve()

# --- language, time, files --------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
FORMAT_MODULE_PATH = ["mulin.kit.formats"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FIRST_DAY_OF_WEEK = 1

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {
        "BACKEND": "mulin.kit.files.PrivateStorage",
        "OPTIONS": {"location": str(FILES_DIR)},
    },
    "staticfiles": {"BACKEND": "mulin.kit.assets.Assets"},
}
#: Where PDFs are made: "apart" in a process that ends with the sheet, so that its 150 MB go; with
#: memory to spare "inside" the web process saves the second it takes to start.
MULIN_PRESS = _env("MULIN_PRESS", "apart")
if MULIN_PRESS not in {"apart", "inside"}:
    raise ImproperlyConfigured(f"MULIN_PRESS must be apart or inside, not {MULIN_PRESS!r}.")
#: Filled-in sheets are read by the worker where the extra is installed (requirements-reading.txt);
#: 0 leaves it alone, and every sheet is typed beside its picture.
MULIN_READER = _flag("MULIN_READER", default=True)
#: Where scanners put their files: in it, each community has a folder named like its address.
MULIN_SCANNER_DIR = Path(_env("MULIN_SCANNER_DIR", str(DATA_DIR / "scanner"))).resolve()
MULIN_PHOTO_MAX_BYTES = 30 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

#: A line of JSON per event, nothing about people in it (kit.logs): to standard error, or to a file.
MULIN_LOG_FILE = _env("MULIN_LOG_FILE")
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_log_level = _env("MULIN_LOG_LEVEL", "WARNING").upper()
if _log_level not in _LOG_LEVELS:
    raise ImproperlyConfigured(
        f"MULIN_LOG_LEVEL must be one of {', '.join(_LOG_LEVELS)}, not {_log_level!r}."
    )
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "mulin.kit.logs.JsonLine"}},
    "handlers": {
        "out": {
            "formatter": "json",
            **(
                {"class": "logging.handlers.WatchedFileHandler", "filename": MULIN_LOG_FILE}
                if MULIN_LOG_FILE
                else {"class": "logging.StreamHandler"}
            ),
        }
    },
    "root": {"handlers": ["out"], "level": _log_level},
    "loggers": {
        # Instead of Django's own handlers. A refused request stands in our line of it already.
        "django": {"handlers": [], "level": "INFO"},
        "django.request": {"level": "ERROR"},
        # One line for each page. The demonstration's terminal shows whom to sign in as instead.
        "mulin.request": {
            "level": "INFO" if _flag("MULIN_LOG_REQUESTS", default=not MULIN_DEMO) else "ERROR"
        },
        # Below this it writes down whole addresses, and WeChat wants its secrets in them.
        "urllib3": {"level": "INFO"},
    },
}
