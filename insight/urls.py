from django.urls import path

from insight import views

app_name = "insight"

urlpatterns = [
    path("overblik/", views.board, name="overview"),
    path("overblik/fast/<slug:slug>/", views.stuck, name="stuck"),
    path("overblik/maal/", views.targets, name="targets"),
    path("overblik/maal/nyt/", views.target_new, name="target_new"),
    path("overblik/maal/<uuid:pk>/", views.target_edit, name="target"),
    path("overblik/maal/<uuid:pk>/fjern/", views.target_remove, name="target_remove"),
]
