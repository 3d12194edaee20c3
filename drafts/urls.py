from django.urls import path

from . import views

app_name = "drafts"

urlpatterns = [
    path("kladder/<str:key>/", views.save, name="save"),
]
