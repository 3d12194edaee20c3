from django.urls import path

from organisation import views

app_name = "organisation"

urlpatterns = [
    path("afdelinger/", views.departments, name="departments"),
    path("drift/", views.admin, name="admin"),
    path("drift/afdelinger/", views.admin_departments, name="admin_departments"),
    path("drift/afdelinger/ny/", views.department_new, name="department_new"),
    path("drift/afdelinger/<uuid:pk>/", views.department_edit, name="department_edit"),
    path("drift/medarbejdere/", views.admin_users, name="admin_users"),
    path("drift/medarbejdere/ny/", views.user_new, name="user_new"),
    path("drift/medarbejdere/<uuid:pk>/", views.user_page, name="user_page"),
    path("drift/medarbejdere/<uuid:pk>/ret/", views.user_edit, name="user_edit"),
    path("drift/medarbejdere/<uuid:pk>/luk/", views.user_close, name="user_close"),
    path("drift/medarbejdere/<uuid:pk>/aabn/", views.user_open, name="user_open"),
    path("drift/medarbejdere/<uuid:pk>/link/", views.user_link, name="user_link"),
    path("drift/medarbejdere/<uuid:pk>/ansaettelse/", views.employment_new, name="employment_new"),
    path("drift/ansaettelser/<uuid:pk>/", views.employment_edit, name="employment_edit"),
    path("drift/ansaettelser/<uuid:pk>/slut/", views.employment_end, name="employment_end"),
    path("drift/eksterne/", views.admin_externals, name="admin_externals"),
    path("drift/eksterne/ny/", views.external_new, name="external_new"),
    path("drift/eksterne/<uuid:pk>/", views.external_edit, name="external_edit"),
]
