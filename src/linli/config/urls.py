"""All routes: the API, the pages, the staff admin."""

from django.urls import include, path

urlpatterns = [
    path("", include("linli.api.urls")),
    path("", include("linli.web.urls")),
]
