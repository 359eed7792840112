from django.urls import path

from linli.web import root

urlpatterns = [
    path("healthz", root.healthz),
    path("readyz", root.readyz),
    path("metrics", root.metrics),
    path("demo/people", root.demo_people),
    path("payments/notices/sandbox", root.sandbox_notice),
    path("sandbox/charges/<slug:charge_no>/pay", root.sandbox_pay),
]
