from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "linli.ledger"
    label = "ledger"

    def ready(self) -> None:
        from linli.ledger import invariants, jobs  # noqa: F401 - registers checks and jobs
