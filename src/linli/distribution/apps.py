from django.apps import AppConfig


class DistributionConfig(AppConfig):
    name = "linli.distribution"
    label = "distribution"

    def ready(self) -> None:
        from linli.distribution import invariants  # noqa: F401 - registers the checks
