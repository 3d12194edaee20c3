"""Forløb, their people and participants, and the henvendelser. `<uuid:key>` is the member, case or barring inside."""

from django.urls import path

from cases.views import escalation, forloeb, henvendelse, how_we_work, participants, people, start

app_name = "cases"

urlpatterns = [
    path("forloeb/", forloeb.forloeb_list, name="forloeb_list"),
    path("forloeb/overlevering/", forloeb.hand_over_many, name="hand_over_many"),
    path("forloeb/overlevering/afsluttede/", forloeb.hand_over_ended, name="hand_over_ended"),
    path("forloeb/start/", start.start, name="start"),
    path("forloeb/start/familien/", start.start_family, name="start_family"),
    path("forloeb/start/behov/", start.start_need, name="start_need"),
    path("forloeb/start/se-efter/", start.start_review, name="start_review"),
    path("forloeb/start/fortryd/", start.start_forget, name="start_forget"),
    path("uenighed/", escalation.escalations_led, name="escalations_led"),
    path("forloeb/<uuid:pk>/uenighed/", escalation.escalations, name="escalations"),
    path("forloeb/<uuid:pk>/familie/", people.people, name="people"),
    path("forloeb/<uuid:pk>/familie/cpr/", people.cpr, name="show_cpr"),
    path("forloeb/<uuid:pk>/familie/ny/", people.person_new, name="person_new"),
    path("forloeb/<uuid:pk>/familie/<uuid:key>/", people.person, name="person"),
    path("forloeb/<uuid:pk>/familie/<uuid:key>/adresse/", people.address, name="show_address"),
    path("forloeb/<uuid:pk>/familie/<uuid:key>/fjern/", people.person_remove, name="person_remove"),
    path("forloeb/<uuid:pk>/familie/<uuid:key>/sag/", people.case_new, name="case_new"),
    path("forloeb/<uuid:pk>/familie/sag/<uuid:key>/slut/", people.case_end, name="case_end"),
    path("forloeb/<uuid:pk>/deltagere/", participants.participants, name="participants"),
    path("forloeb/<uuid:pk>/deltagere/ny/", participants.participant_new, name="participant_new"),
    path("forloeb/<uuid:pk>/deltagere/ekstern/", participants.external_new, name="external_new"),
    path("deltagere/<uuid:pk>/", participants.participant, name="participant"),
    path("deltagere/<uuid:pk>/slut/", participants.participant_end, name="participant_end"),
    path("forloeb/<uuid:pk>/handlinger/", forloeb.forloeb_acts, name="forloeb_acts"),
    path("forloeb/<uuid:pk>/pause/", forloeb.pause, name="pause"),
    path("forloeb/<uuid:pk>/genoptag/", forloeb.resume, name="resume"),
    path("forloeb/<uuid:pk>/afslut/", forloeb.end, name="end"),
    path("forloeb/<uuid:pk>/genaabn/", forloeb.reopen, name="reopen"),
    path("forloeb/<uuid:pk>/overlever/", forloeb.hand_over, name="hand_over"),
    path("forloeb/<uuid:pk>/spaer/", forloeb.bar, name="bar"),
    path("forloeb/<uuid:pk>/spaer/<uuid:key>/ophaev/", forloeb.unbar, name="unbar"),
    path("saadan-arbejder-vi/", how_we_work.how_we_work, name="how_we_work"),
    path("saadan-arbejder-vi/<slug:model_key>/", how_we_work.how_we_work, name="model"),
    path("henvendelser/", henvendelse.henvendelse_list, name="henvendelse_list"),
    path("henvendelser/ny/", henvendelse.henvendelse_new, name="henvendelse_new"),
    path("henvendelser/<uuid:pk>/", henvendelse.henvendelse, name="henvendelse"),
    path("henvendelser/<uuid:pk>/tag-imod/", henvendelse.henvendelse_accept, name="henvendelse_accept"),
    path("henvendelser/<uuid:pk>/afvis/", henvendelse.henvendelse_decline, name="henvendelse_decline"),
    path("henvendelser/<uuid:pk>/send-videre/", henvendelse.henvendelse_pass_on, name="henvendelse_pass_on"),
]
