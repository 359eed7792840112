from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "linli.community"
    label = "community"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.community import invariants, jobs  # noqa: F401
