"""One table without a model of ours, one view, one address."""

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path


class Need(models.Model):
    """The five columns of the product's table that the page shows."""

    id = models.BigIntegerField(primary_key=True)
    number = models.CharField(max_length=20)
    words = models.TextField()
    place_words = models.CharField(max_length=120)
    channel = models.CharField(max_length=20)
    said_at = models.DateTimeField()

    class Meta:
        app_label = "bare"
        managed = False
        db_table = "flow_need"

    def __str__(self) -> str:
        return self.number


def page(request: HttpRequest) -> HttpResponse:
    """The newest fifty."""
    return render(request, "page.html", {"needs": Need.objects.order_by("-id")[:50]})


urlpatterns = [path("", page)]
