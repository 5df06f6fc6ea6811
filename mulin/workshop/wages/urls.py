"""Addresses of wages."""

from django.urls import path

from mulin.workshop.wages import views

app_name = "wages"

urlpatterns = [
    path("", views.months, name="months"),
    path("months/<int:pk>/", views.month, name="month"),
    path("months/<int:pk>/bank/", views.payment_file, name="payment-file"),
    path("months/<int:pk>/paid/", views.file_paid, name="file-paid"),
    path("workers/<int:pk>/", views.worker, name="worker"),
    path("workers/<int:pk>/<slug:deed>/", views.worker_act, name="worker-act"),
    path("rules/", views.rules, name="rules"),
    path("rules/<slug:deed>/", views.rules_act, name="rules-act"),
    path("mine/", views.mine, name="mine"),
    path("<int:pk>/", views.statement, name="statement"),
    path("<int:pk>/paper/", views.statement_paper, name="statement-paper"),
    path("<int:pk>/<slug:deed>/", views.statement_act, name="statement-act"),
]
