"""Addresses of the classroom."""

from django.urls import path

from mulin.parlour.classroom.views import classes, draws, kits, lessons, online

app_name = "classroom"

urlpatterns = [
    # Open to the street.
    path("c/", classes.enter, name="enter"),
    path("c/<str:code>/", classes.entrance, name="class"),
    path("c/<str:code>/join/", classes.join, name="join"),
    path("c/<str:code>/quiz/", classes.quiz, name="quiz"),
    path("c/<str:code>/now/", classes.now, name="now"),
    path("c/<str:code>/answer/", classes.answer_question, name="answer"),
    path("c/<str:code>/screen/", classes.screen, name="screen"),
    path("c/<str:code>/drill/", classes.drill, name="drill"),
    path("c/<str:code>/feedback/", classes.feedback, name="feedback"),
    path("draws/script/", draws.script, name="draw-script"),
    path("draws/<str:code>/", draws.draw, name="draw"),
    path("draws/<str:code>/list/", draws.entrants, name="draw-list"),
    path("draws/<str:code>/number/", draws.number, name="draw-number"),
    path("online/", online.lesson_list, name="online"),
    path("online/<int:pk>/", online.lesson, name="online-lesson"),
    path("online/<int:pk>/done/", online.done, name="online-done"),
    path("online/<int:pk>/quiz/", online.quiz, name="online-quiz"),
    path("online/<int:pk>/off/", online.off, name="online-off"),
    path("pictures/<int:pk>/", kits.picture, name="picture"),
    # The teachers' side.
    path("", lessons.lesson_list, name="lessons"),
    path("lessons/new/", lessons.new, name="lesson-new"),
    path("lessons/<int:pk>/", lessons.lesson, name="lesson"),
    path("lessons/<int:pk>/draw/", draws.new, name="draw-new"),
    path("lessons/<int:pk>/<slug:deed>/", lessons.work, name="work"),
    path("of/<int:pk>/", lessons.of_gathering, name="of-gathering"),
    path("kits/", kits.kit_list, name="kits"),
    path("kits/new/", kits.new, name="kit-new"),
    path("kits/file/", kits.take_in, name="kit-take-in"),
    path("kits/lay-out/", kits.lay_out, name="kits-lay-out"),
    path("kits/<int:pk>/", kits.kit, name="kit"),
    path("kits/<int:pk>/change/", kits.change, name="kit-change"),
    path("kits/<int:pk>/copy/", kits.copy, name="kit-copy"),
    path("kits/<int:pk>/online/", kits.go_online, name="kit-online"),
    path("kits/<int:pk>/file/", kits.file, name="kit-file"),
    path("kits/<int:pk>/quiz/", kits.quiz, name="kit-quiz"),
    path("kits/<int:pk>/drill/", kits.drill, name="kit-drill"),
    path("kits/<int:pk>/sheets/<slug:part>/", kits.sheet, name="kit-sheet"),
    path("frauds/", lessons.frauds, name="frauds"),
    path("coverage/", lessons.reach, name="coverage"),
]
