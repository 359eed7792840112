from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "linli.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the jobs of core, and what each module declares: why it refuses, its business values."""
        from linli.core import forgetting, recordings, verification  # noqa: F401

        autodiscover_modules("refusals", "values")
