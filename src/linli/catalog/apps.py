from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "linli.catalog"
    label = "catalog"

    def ready(self) -> None:
        from linli.catalog import invariants, jobs  # noqa: F401
