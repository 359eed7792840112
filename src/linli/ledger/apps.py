from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "linli.ledger"
    label = "ledger"

    def ready(self) -> None:
        from linli.ledger import invariants  # noqa: F401 - registers the checks
