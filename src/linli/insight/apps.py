from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "linli.insight"
    label = "insight"

    def ready(self) -> None:
        from linli.insight import invariants, jobs  # noqa: F401 - registers checks and jobs
