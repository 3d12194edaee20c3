from django.urls import path

from web import views

app_name = "web"

urlpatterns = [
    path("bliv/", views.stay, name="stay"),
    path("tilgaengelighed/", views.accessibility, name="accessibility"),
    path("oplysninger/", views.privacy, name="privacy"),
    path("stil/", views.style, name="style"),
]
