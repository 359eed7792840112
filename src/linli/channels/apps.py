from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "linli.channels"
    label = "channels"
