from django.urls import path

from meetings.views import agenda, board, may_it_be_said, notes, page, papers, planning, smileys, wall

app_name = "meetings"

urlpatterns = [
    path("forloeb/<uuid:pk>/moeder/nyt/", planning.new, name="new"),
    path("moeder/<uuid:pk>/", page.page, name="page"),
    path("moeder/<uuid:pk>/ret/", planning.change, name="change"),
    path("moeder/<uuid:pk>/aflys/", planning.cancel, name="cancel"),
    path("moeder/<uuid:pk>/roller/", page.roles, name="roles"),
    path("moeder/<uuid:pk>/fremmoede/", page.presence, name="presence"),
    path("moeder/<uuid:pk>/inviter/", page.invite, name="invite"),
    path("moeder/inviteret/<uuid:pk>/fjern/", page.uninvite, name="uninvite"),
    path("moeder/<uuid:pk>/holdt/", page.hold, name="hold"),
    path("moeder/<uuid:pk>/dagsorden/", agenda.point_add, name="point_add"),
    path("moeder/punkt/<uuid:pk>/", agenda.point, name="point"),
    path("moeder/punkt/<uuid:pk>/flyt/", agenda.point_move, name="point_move"),
    path("moeder/punkt/<uuid:pk>/fjern/", agenda.point_remove, name="point_remove"),
    path("moeder/<uuid:pk>/dagsorden.pdf", papers.agenda_pdf, name="agenda_pdf"),
    path("moeder/<uuid:pk>/dagsorden/<uuid:attendance>.pdf", papers.agenda_for_pdf, name="agenda_for_pdf"),
    path("moeder/<uuid:pk>/tavle/<uuid:attendance>.pdf", papers.board_pdf, name="board_pdf"),
    path("moeder/<uuid:pk>/maa-det-siges/", may_it_be_said.page, name="may_it_be_said"),
    path("moeder/<uuid:pk>/maa-det-siges.pdf", may_it_be_said.sheet_pdf, name="said_pdf"),
    path("moeder/<uuid:pk>/maa-det-siges/nu/<slug:stamp>/", may_it_be_said.state, name="said_state"),
    path("moeder/<uuid:pk>/kontaktliste/<slug:to>/", may_it_be_said.contacts_pdf, name="contacts_pdf"),
    path("moeder/<uuid:pk>/tavle/", board.board, name="board"),
    path("moeder/<uuid:pk>/tavle/fortryd/", board.undo, name="undo"),
    path("moeder/<uuid:pk>/tavle/skala/", board.scaling, name="scaling"),
    path("moeder/<uuid:pk>/tavle/nyt/<slug:stamp>/", board.board_state, name="board_state"),
    path("moeder/note/<uuid:pk>/", notes.note, name="note"),
    path("moeder/note/<uuid:pk>/flyt/", notes.note_move, name="note_move"),
    path("moeder/note/<uuid:pk>/fjern/", notes.note_remove, name="note_remove"),
    path("moeder/note/<uuid:pk>/maerk/", notes.note_mark, name="note_mark"),
    path("moeder/<uuid:pk>/vaeg/", wall.wall, name="wall"),
    path("moeder/<uuid:pk>/vaeg/<slug:stamp>/", wall.wall_state, name="wall_state"),
    path("moeder/<uuid:pk>/smiley/", smileys.smileys, name="smileys"),
    path("moeder/<uuid:pk>/smiley/laas-op/", smileys.smileys_unlock, name="smileys_unlock"),
    path("moeder/<uuid:pk>/smiley/tak/", smileys.smiley_thanks, name="smiley_thanks"),
    path("moeder/<uuid:pk>/smiley/<uuid:person>/", smileys.smiley, name="smiley"),
]
