"""Min dag is the front door; a forløb has one page."""

from django.urls import path

from desk import views

app_name = "desk"
urlpatterns = [
    path("", views.my_day_page, name="my_day"),
    path("forloeb/<uuid:pk>/", views.forloeb, name="forloeb"),
]
