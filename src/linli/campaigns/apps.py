from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "linli.campaigns"
    label = "campaigns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.campaigns import invariants, jobs, subscribers  # noqa: F401
