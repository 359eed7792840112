"""All routes: the API, the pages, the staff admin."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("linli.api.urls")),
    path("admin/", admin.site.urls),
    path("", include("linli.web.urls")),
]
handler400 = "linli.web.errors.unreadable"
handler404 = "linli.web.errors.not_found"
handler500 = "linli.web.errors.broken"
