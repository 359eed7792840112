"""Django's settings, one file for every environment; what differs comes from config.env."""

from django.utils.csp import CSP
from psycopg.conninfo import conninfo_to_dict

from linli.config.env import read_environment

ENVIRONMENT = read_environment()
STATEMENT_SECONDS = 30
DEMO = ENVIRONMENT.is_demo
SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = False
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.public_url]

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "linli.core",
    "linli.ledger",
    "linli.members",
    "linli.channels",
    "linli.payments",
    "linli.merchants",
    "linli.catalog",
    "linli.community",
    "linli.distribution",
    "linli.campaigns",
    "linli.fulfilment",
    "linli.trade",
    "linli.insight",
    "linli.web",
    "linli.api",
]

MIDDLEWARE = [
    "linli.web.middleware.NamedRequest",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "linli.web.middleware.PublicAddress",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "linli.web.middleware.AdminPolicy",
    "linli.web.middleware.PlainText",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "linli.web.middleware.Language",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "linli.web.middleware.Visit",
    "django.contrib.messages.middleware.MessageMiddleware",
    "linli.web.middleware.Refusals",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "linli.config.urls"
WSGI_APPLICATION = "linli.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", ["linli.web.loader.TightLoader"])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "linli.web.context.page",
            ],
            "builtins": [
                "linli.web.templatetags.ui",
                "linli.web.templatetags.cards",
                "django.templatetags.i18n",
            ],
        },
    },
]


def _database() -> dict:
    parts = conninfo_to_dict(ENVIRONMENT.database_url) if ENVIRONMENT.database_url else {}
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    database = {django: str(parts.pop(pg, "") or "") for pg, django in known.items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **database,
        # Only core.sql prepares its statements, and those keep one generic plan: planning would cost more than running them.
        # A serving process must not keep a sequential scan that was planned while a table was still empty.
        "OPTIONS": {
            **parts,
            "prepare_threshold": 10**9,
            "connect_timeout": 5,
            "options": _options(str(parts.pop("options", "") or "")),
            # Many threads wait in the batchers with no connection; a handful of connections a process is enough.
            "pool": {"min_size": 1, "max_size": 12, "timeout": 20},
        },
        "TEST": {"NAME": f"test_{database['NAME'] or 'linli'}"},
    }


def _options(given: str) -> str:
    """What each connection sets, after what the operator's address gives. A page that waits for half a minute has lost its reader;
    the worker's jobs may take longer."""
    ours = ["-c plan_cache_mode=force_generic_plan"]
    if ENVIRONMENT.serves:
        ours.append("-c enable_seqscan=off")
    if ENVIRONMENT.answers:
        ours.append(f"-c statement_timeout={STATEMENT_SECONDS}s")
    return " ".join([given, *ours]).strip()


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "members.Member"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "/signin"
SESSION_ENGINE = "linli.web.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.public_url.startswith("https")
SECURE_HSTS_SECONDS = ENVIRONMENT.hsts_seconds
CSRF_FAILURE_VIEW = "linli.web.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The shop has a strict policy; the staff admin needs its own (see web.middleware.ContentPolicy).
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ENVIRONMENT.home / "src/linli/web/locale"]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.data / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = ENVIRONMENT.data / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "linli.web.static_files.HashedStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

PROCRASTINATE_IMPORT_PATHS = ["linli.core.jobs"]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None

UNFOLD = {
    "SITE_TITLE": "邻里 · Linli",
    "SITE_HEADER": "邻里 · Linli",
    "SHOW_HISTORY": True,
    "COLORS": {
        "primary": {
            "50": "255 241 238", "100": "255 214 207", "200": "255 180 168", "300": "255 143 130",
            "400": "240 83 63", "500": "217 43 32", "600": "196 34 26", "700": "181 22 29",
            "800": "140 18 24", "900": "100 14 18", "950": "60 8 10",
        }
    },
}  # fmt: skip

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "linli.core.logs.json_formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"linli": {"level": "INFO"}, "procrastinate": {"level": "WARNING"}},
}
SILENCED_SYSTEM_CHECKS = ["security.W012", "security.W016", "security.W019"]
