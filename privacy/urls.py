from django.urls import path

from privacy import views

app_name = "privacy"

urlpatterns = [
    path("forloeb/<uuid:pk>/indsigt/", views.people, name="people"),
    path("forloeb/<uuid:pk>/indsigt/<uuid:person>/", views.subject_access, name="subject_access"),
    path("forloeb/<uuid:pk>/indsigt/<uuid:person>/pdf/", views.subject_access_pdf, name="subject_access_pdf"),
    path("forloeb/<uuid:pk>/indsigt/<uuid:person>/json/", views.subject_access_json, name="subject_access_json"),
    path("forloeb/<uuid:pk>/opslag/<uuid:person>/", views.person_lookups, name="lookups"),
    path("forloeb/<uuid:pk>/opslag/<uuid:person>/pdf/", views.person_lookups_pdf, name="lookups_pdf"),
    path("opslag/gennemgang/", views.review, name="review"),
]
