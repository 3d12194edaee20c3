"""Every page of the house: each app brings its own list."""

from django.urls import include, path

from fællesfamilier import views

urlpatterns = [
    path("sundhed/", views.healthy, name="health"),
    path("drift/systemet/", views.system, name="system"),
    path("", include("web.urls")),
    path("", include("organisation.urls")),
    path("", include("documents.urls")),
    path("", include("audit.urls")),
    path("", include("drafts.urls")),
    path("", include("cases.urls")),
    path("", include("consent.urls")),
    path("", include("meetings.urls")),
    path("", include("plans.urls")),
    path("", include("desk.urls")),
    path("", include("privacy.urls")),
    path("", include("insight.urls")),
    path("konto/", include("organisation.signin_urls")),
]

handler400 = "web.views.bad_request"
handler500 = "web.views.server_error"
