from django.urls import path

from organisation import setup_views, views

app_name = "organisation"

urlpatterns = [
    path("afdelinger/", views.departments, name="departments"),
    path("drift/", views.admin, name="admin"),
    path("drift/omraader/", setup_views.admin_areas, name="admin_areas"),
    path("drift/omraader/ny/", setup_views.area_new, name="area_new"),
    path("drift/omraader/<uuid:pk>/", setup_views.area_edit, name="area_edit"),
    path("drift/omraader/<uuid:pk>/luk/", setup_views.area_close, name="area_close"),
    path("drift/omraader/<uuid:pk>/aabn/", setup_views.area_open, name="area_open"),
    path("drift/fagsystemer/", setup_views.admin_systems, name="admin_systems"),
    path("drift/fagsystemer/ny/", setup_views.system_new, name="system_new"),
    path("drift/fagsystemer/<uuid:pk>/", setup_views.system_edit, name="system_edit"),
    path("drift/fagsystemer/<uuid:pk>/luk/", setup_views.system_close, name="system_close"),
    path("drift/fagsystemer/<uuid:pk>/aabn/", setup_views.system_open, name="system_open"),
    path("drift/afdelinger/", setup_views.admin_departments, name="admin_departments"),
    path("drift/afdelinger/ny/", setup_views.department_new, name="department_new"),
    path("drift/afdelinger/<uuid:pk>/", setup_views.department_edit, name="department_edit"),
    path("drift/afdelinger/<uuid:pk>/luk/", setup_views.department_close, name="department_close"),
    path("drift/afdelinger/<uuid:pk>/aabn/", setup_views.department_open, name="department_open"),
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
