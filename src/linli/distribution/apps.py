from django.apps import AppConfig


class DistributionConfig(AppConfig):
    name = "linli.distribution"
    label = "distribution"

    def ready(self) -> None:
        from linli.distribution import invariants, jobs, subscribers  # noqa: F401 - registers checks, jobs and subscribers
