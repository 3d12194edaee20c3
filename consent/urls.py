from django.urls import path

from consent import clue_views, exchange_views, network_views, paper_views, text_views, views

app_name = "consent"

urlpatterns = [
    path("forloeb/<uuid:pk>/samtykke/", views.matrix_page, name="matrix"),
    path("forloeb/<uuid:pk>/samtykke/aktiver/", views.activate, name="activate"),
    path("forloeb/<uuid:pk>/samtykke/oplysningsseddel/", paper_views.leaflet, name="leaflet"),
    path("forloeb/<uuid:pk>/samtykke/<uuid:person_pk>/", views.person_page, name="person"),
    path("forloeb/<uuid:pk>/samtykke/<uuid:person_pk>/svar/", views.declare, name="declare"),
    path("forloeb/<uuid:pk>/samtykke/<uuid:person_pk>/tilbagekald/", views.withdraw, name="withdraw"),
    path("forloeb/<uuid:pk>/samtykke/<uuid:person_pk>/tom-erklaering/", paper_views.blank, name="blank"),
    path("forloeb/<uuid:pk>/netvaerk/", network_views.network, name="network"),
    path("forloeb/<uuid:pk>/kontaktliste/<slug:to>/", network_views.contacts_pdf, name="contacts_pdf"),
    path("forloeb/<uuid:pk>/udvekslinger/", exchange_views.exchanges, name="exchanges"),
    path("forloeb/<uuid:pk>/spor/", clue_views.clues, name="clues"),
    path("netvaerk/<uuid:pk>/", network_views.contact, name="contact"),
    path("netvaerk/<uuid:pk>/slut/", network_views.contact_end, name="contact_end"),
    path("udvekslinger/<uuid:pk>/fortalt/", exchange_views.told, name="told"),
    path("udvekslinger/<uuid:pk>/holdes-fra/", exchange_views.exchange_kept, name="exchange_kept"),
    path("spor/<uuid:pk>/fjern/", clue_views.clue_remove, name="clue_remove"),
    path("samtykke/erklaering/<uuid:pk>/pdf/", paper_views.declaration_pdf, name="declaration_pdf"),
    path("samtykke/erklaering/<uuid:pk>/underskrift/", paper_views.sign, name="sign"),
    path("samtykke/erklaering/<uuid:pk>/scan/", paper_views.scan, name="scan"),
    path("samtykke/erklaering/<uuid:pk>/underskrevet/", paper_views.evidence, name="evidence"),
    path("samtykke/erklaering/<uuid:pk>/seddel/", paper_views.give_leaflet, name="give_leaflet"),
    path("samtykke/tilbagekaldelse/<uuid:pk>/kvittering/", paper_views.receipt, name="receipt"),
    path("samtykke/besked/<uuid:pk>/", views.confirm_told, name="confirm_told"),
    path("vejledning/", text_views.guidance, name="guidance"),
    path("vejledning/ny/", text_views.guidance_write, name="guidance_new"),
    path("oplysningsseddel/ny/", text_views.leaflet_write, name="leaflet_new"),
    path("samtykketekster/", text_views.text_list, name="texts"),
    path("samtykketekster/ny/", text_views.text_write, name="text_new"),
    path("samtykketekster/<uuid:pk>/", text_views.text_page, name="text"),
    path("samtykketekster/<uuid:pk>/ret/", text_views.text_write, name="text_edit"),
    path("samtykketekster/<uuid:pk>/i-brug/", text_views.text_publish, name="text_publish"),
]
