from django.urls import path

from plans import views

app_name = "plans"

urlpatterns = [
    path("moeder/<uuid:pk>/plan/", views.start, name="start"),
    path("planer/<uuid:pk>/skriv/", views.edit, name="edit"),
    path("planer/<uuid:pk>/ret/", views.correct, name="correct"),
    path("planer/<uuid:pk>/journaliser-flere/", views.file_more, name="file_more"),
    path("planer/<uuid:pk>/", views.page, name="page"),
    path("planer/punkt/<uuid:pk>/", views.item, name="item"),
    path("planer/aftale/<uuid:pk>/", views.follow_up, name="follow_up"),
    path("planer/udgave/<uuid:pk>/", views.copy, name="copy"),
    path("planer/udgave/<uuid:pk>/sendt/", views.distribute, name="distribute"),
    path("journalisering/", views.journal, name="journal"),
    path("journalisering/<uuid:pk>/", views.journalise, name="journalise"),
    path("journalisering/<uuid:pk>/tag-tilbage/", views.take_back, name="take_back"),
]
