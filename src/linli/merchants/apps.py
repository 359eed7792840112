from django.apps import AppConfig


class MerchantsConfig(AppConfig):
    name = "linli.merchants"
    label = "merchants"
