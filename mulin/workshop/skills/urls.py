"""Addresses of the skills chain."""

from django.urls import path

from mulin.workshop.skills import views

app_name = "skills"

urlpatterns = [
    path("", views.gaps, name="gaps"),
    path("examples/", views.example, name="example"),
    path("criteria/<int:pk>/", views.syllabus, name="syllabus"),
    path("courses/", views.courses, name="courses"),
    path("courses/<int:pk>/", views.course, name="course"),
    path("courses/<int:pk>/sheets/", views.course_sheets, name="course-sheets"),
    path("gatherings/<int:pk>/", views.of_gathering, name="of-gathering"),
    path("newcomers/", views.newcomers, name="newcomers"),
    path("newcomers/<int:pk>/<slug:deed>/", views.newcomer_act, name="newcomer-act"),
    path("partners/", views.partners, name="partners"),
    path("partners/<int:pk>/", views.partner, name="partner"),
    path("partners/<int:pk>/<slug:deed>/", views.partner_act, name="partner-act"),
    path("mine/", views.mine, name="mine"),
]
