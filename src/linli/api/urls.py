"""The API's routes."""

from django.urls import path

from linli.api import (
    campaigns,
    catalog,
    circles,
    communities,
    favourites,
    gifts,
    materials,
    members,
    ops,
    orders,
    owners,
    posts,
    quiz,
    rings,
    routing,
    school,
)
from linli.api.app import api

for _module in (
    members,
    catalog,
    favourites,
    campaigns,
    gifts,
    communities,
    circles,
    posts,
    quiz,
    rings,
    routing,
    school,
    materials,
    orders,
    owners,
    ops,
):
    api.add_router("", _module.router)

urlpatterns = [path("api/v1/", api.urls)]
