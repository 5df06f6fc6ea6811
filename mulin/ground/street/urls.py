"""Addresses of the street's pages, and of the grant a head gives it."""

from django.urls import path

from mulin.ground.street import views

app_name = "street"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("of/<int:pk>/", views.community, name="community"),
    path("of/<int:pk>/<slug:what>/", views.opened, name="opened"),
    path("handed/", views.handed_list, name="handed-list"),
    path("handed/<int:pk>/", views.handed, name="handed"),
    path("handed/<int:pk>/<slug:deed>/", views.settle, name="settle"),
    path("grants/", views.grants, name="grants"),
    path("grants/<int:pk>/end/", views.end, name="grant-end"),
]
