from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ChannelsConfig(AppConfig):
    name = "linli.channels"
    label = "channels"

    def ready(self) -> None:
        """Register what each module tells members."""
        autodiscover_modules("notifications")
