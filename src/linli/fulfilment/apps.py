from django.apps import AppConfig


class FulfilmentConfig(AppConfig):
    name = "linli.fulfilment"
    label = "fulfilment"
