"""Addresses of forms on paper."""

from django.urls import path

from mulin.commons.paper import views

app_name = "paper"

urlpatterns = [
    path("", views.desk, name="desk"),
    path("forms/<str:code>/print/", views.print_out, name="print"),
    path("forms/<str:code>/type/", views.typed, name="type"),
    path("handed/<slug:kind>/<int:record_id>/", views.handed_out, name="handed"),
    path("handed/<int:pk>/again/", views.print_again_exactly, name="again"),
    path("letters/<slug:kind>/<int:pk>/", views.letter, name="letter"),
    path("send/", views.send, name="send"),
    path("sent/<str:code>/", views.sent, name="sent"),
    path("sheets/<int:pk>/", views.look, name="look"),
    path("sheets/<int:pk>/picture.jpg", views.picture, name="picture"),
    path("sheets/<int:pk>/form/", views.name_it, name="name"),
    path("sheets/<int:pk>/throw-away/", views.throw, name="throw"),
    path("sheets/<int:pk>/after-all/", views.after_all, name="after-all"),
]
