from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "linli.payments"
    label = "payments"

    def ready(self) -> None:
        from linli.payments import invariants, jobs  # noqa: F401 - registers jobs and checks
