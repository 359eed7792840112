from django.apps import AppConfig


class TradeConfig(AppConfig):
    name = "linli.trade"
    label = "trade"

    def ready(self) -> None:
        from linli.trade import invariants, jobs, subscribers  # noqa: F401 - registers jobs, subscribers and checks
