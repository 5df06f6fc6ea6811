"""Addresses of the inbox, of what is to be told, and of what was sent."""

from django.urls import path

from mulin.ground.notify import views

app_name = "notify"

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.read_all, name="read-all"),
    path("inbox/<int:pk>/", views.open_message, name="open"),
    path("to-tell/", views.to_tell, name="to-tell"),
    path("to-tell/<int:pk>/", views.task, name="task"),
    path("share/<str:kind>/<slug:ref>/", views.share, name="share"),
    path("share/<str:kind>/<slug:ref>/poster.png", views.poster, name="poster"),
    path("delivery/", views.delivery, name="deliveries"),
    path("delivery/<int:pk>/retry/", views.retry, name="retry"),
    path("delivery/jobs/<slug:job_id>/retry/", views.retry_failed_job, name="retry-job"),
    path("delivery/wechat/", views.service_account, name="wechat"),
    path("delivery/wechat/try/", views.try_service_account, name="wechat-try"),
    path("delivery/texts/", views.text_templates, name="texts"),
    path("delivery/texts/<int:pk>/drop/", views.drop_text_template, name="text-drop"),
    path("receipts/<slug:slug>/", views.receipts, name="receipts"),
    path("wechat/<slug:slug>/", views.wechat_calls, name="wechat-calls"),
    path("delivery/channels/<slug:way>/", views.channel, name="channel"),
]
