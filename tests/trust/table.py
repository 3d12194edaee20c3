"""Who gets in where: route × method × persona. Read from domain/rules.md, kept apart from the code; a test compares.

One sign per persona, in the order of PERSONAS: `+` let in (a page, a redirect, a file, or the form again with what was
wrong), `l` sent to sign in, `4` not found, exactly as what does not exist, `3` refused with the name of who can.
A method that is not listed is answered 405. The forløb is active, its first meeting held, its second planned.
"""

from pathlib import Path

PERSONAS = (
    "anonymous",
    "no_role",  # an employee of an authority department who takes part in nothing
    "tovholder",
    "elsewhere",  # tovholder of the other family
    "moedeleder",
    "referent",
    "tavle",
    "consented",  # takes part; the department has consent
    "unconsented",  # takes part; the department has none
    "teacher",  # has sent a henvendelse
    "leader",  # of the tovholder's department; receives the henvendelse
    "koordinator",
    "barred",
    "ended",
    "admin",
    "deactivated",
)

# A row that needs a word of why:
WHY = {
    "consent:activate": "the forløb is active already, which the tovholder is told",
    "meetings:undo": "there is nothing to take back",
    "meetings:point": "refused to who sees the point; not found for who may not, as for moving it and taking it off (C5)",
    "meetings:smiley": "only who may know of the person; the tavle's department has no consent from Anton",
    "meetings:smileys_unlock": "whoever is let in is signed out, and led to sign in anew",
    "cases:show_cpr": "the tovholder, and a department that has the person's case (C12)",
    "cases:show_address": "refused to who knows the person; not found for who may not (C5)",
    "cases:person_remove": "something is written about the person, which the tovholder is told",
    "cases:henvendelse_accept": "the sender is let in to read, and gets the form again: only the receiver answers",
    "cases:henvendelse_decline": "as for accept",
    "cases:henvendelse_pass_on": "as for accept",
    "consent:exchange_kept": "as for consent:told",
    "consent:told": "who spoke and who may know of the person",
    "consent:confirm_told": "whom it is to, here consented; the tovholder for externals, and where nobody else is left (C7)",
    "consent:contacts_pdf": "one's own list, and the tovholder everybody's; this one is consented's",
    "meetings:contacts_pdf": "as for consent:contacts_pdf",
    "plans:start": "the meeting has its plan, so all are led to it; the act itself is the referent's and the tovholder's",
    "plans:copy": "each the copy of the own department (P6); this one is consented's",
    "plans:journalise": "each the lines of the own department",
    "plans:take_back": "each the lines of the own department; what is not journalised has nothing to take back",
    "choose_password": "without a one-time link there is nothing",
    "account_reauthenticate": "needs a password, and these have none",
    "mfa_reauthenticate": "needs a second step, and these have none",
    "mfa_deactivate_totp": "there is no second step to remove",
    "mfa_view_recovery_codes": "there are no codes",
    "mfa_download_recovery_codes": "there are no codes",
    "openid_connect_login": "single sign-on is not set up",
    "openid_connect_callback": "single sign-on is not set up",
}

TABLE = """
health                               GET   ++++++++++++++++
system                               GET   l3333333333333+l
web:stay                             GET   l++++++++++++++l
web:accessibility                    GET   ++++++++++++++++
web:privacy                          GET   ++++++++++++++++
web:style                            GET   ++++++++++++++++
web:style                            POST  ++++++++++++++++
organisation:departments             GET   l++++++++++++++l
organisation:admin                   GET   l3333333333333+l
organisation:admin_departments       GET   l3333333333333+l
organisation:department_new          GET   l3333333333333+l
organisation:department_new          POST  l3333333333333+l
organisation:department_edit         GET   l3333333333333+l
organisation:department_edit         POST  l3333333333333+l
organisation:admin_areas             GET   l3333333333333+l
organisation:admin_systems           GET   l3333333333333+l
organisation:area_new                GET   l3333333333333+l
organisation:area_new                POST  l3333333333333+l
organisation:area_edit               GET   l3333333333333+l
organisation:area_edit               POST  l3333333333333+l
organisation:area_close              GET   l3333333333333+l
organisation:area_close              POST  l3333333333333+l
organisation:area_open               POST  l3333333333333+l
organisation:system_new              GET   l3333333333333+l
organisation:system_new              POST  l3333333333333+l
organisation:system_edit             GET   l3333333333333+l
organisation:system_edit             POST  l3333333333333+l
organisation:system_close            GET   l3333333333333+l
organisation:system_close            POST  l3333333333333+l
organisation:system_open             POST  l3333333333333+l
organisation:department_close        GET   l3333333333333+l
organisation:department_close        POST  l3333333333333+l
organisation:department_open         POST  l3333333333333+l
organisation:admin_users             GET   l3333333333333+l
organisation:user_new                GET   l3333333333333+l
organisation:user_new                POST  l3333333333333+l
organisation:user_page               GET   l3333333333333+l
organisation:user_edit               GET   l3333333333333+l
organisation:user_edit               POST  l3333333333333+l
organisation:user_close              GET   l3333333333333+l
organisation:user_close              POST  l3333333333333+l
organisation:user_open               POST  l3333333333333+l
organisation:user_link               POST  l3333333333333+l
organisation:employment_new          GET   l3333333333333+l
organisation:employment_new          POST  l3333333333333+l
organisation:employment_edit         GET   l3333333333333+l
organisation:employment_edit         POST  l3333333333333+l
organisation:employment_end          POST  l3333333333333+l
organisation:admin_externals         GET   l3333333333333+l
organisation:external_new            GET   l3333333333333+l
organisation:external_new            POST  l3333333333333+l
organisation:external_edit           GET   l3333333333333+l
organisation:external_edit           POST  l3333333333333+l
drafts:save                          POST  l++++++++++++++l
cases:forloeb_list                   GET   l++++++++++++++l
cases:hand_over_many                 GET   l++++++++++++++l
cases:hand_over_many                 POST  l++++++++++++++l
cases:hand_over_ended                GET   l++++++++++++++l
cases:hand_over_ended                POST  l++++++++++++++l
cases:start                          GET   l+++33+333+3333l
cases:start                          POST  l+++33+333+3333l
cases:start_family                   GET   l+++33+333+3333l
cases:start_family                   POST  l+++33+333+3333l
cases:start_need                     GET   l+++33+333+3333l
cases:start_need                     POST  l+++33+333+3333l
cases:start_review                   GET   l+++33+333+3333l
cases:start_review                   POST  l+++33+333+3333l
cases:start_forget                   POST  l+++33+333+3333l
cases:people                         GET   l4+4+++++444444l
cases:show_cpr                       GET   l4+433+33444444l
cases:person_new                     GET   l4+433333444444l
cases:person_new                     POST  l4+433333444444l
cases:person                         GET   l4+433333444444l
cases:person                         POST  l4+433333444444l
cases:person_remove                  GET   l4+433333444444l
cases:person_remove                  POST  l43433333444444l
cases:show_address                   GET   l4+433434444444l
cases:case_new                       GET   l4+433333444444l
cases:case_new                       POST  l4+433333444444l
cases:case_end                       POST  l4+433333444444l
cases:participants                   GET   l4+4+++++444444l
cases:participant_new                GET   l4+433333444444l
cases:participant_new                POST  l4+433333444444l
cases:external_new                   GET   l4+433333444444l
cases:external_new                   POST  l4+433333444444l
cases:participant                    GET   l4+433333444444l
cases:participant                    POST  l4+433333444444l
cases:participant_end                POST  l4+433333444444l
cases:forloeb_acts                   GET   l4+433333444444l
cases:pause                          POST  l4+433333444444l
cases:resume                         POST  l4+433333444444l
cases:end                            POST  l4+433333444444l
cases:reopen                         POST  l4+433333444444l
cases:hand_over                      POST  l4+433333444444l
cases:bar                            POST  l4+433333444444l
cases:unbar                          POST  l4+433333444444l
cases:escalations                    GET   l4+4+++++444444l
cases:escalations                    POST  l4+4+++++444444l
cases:escalations_led                GET   l++++++++++++++l
cases:how_we_work                    GET   l++++++++++++++l
cases:model                          GET   l++++++++++++++l
cases:henvendelse_list               GET   l++++++++++++++l
cases:henvendelse_new                GET   l++++++++++3++3l
cases:henvendelse_new                POST  l++++++++++3++3l
cases:henvendelse                    GET   l44444444++4444l
cases:henvendelse_accept             POST  l44444444++4444l
cases:henvendelse_decline            POST  l44444444++4444l
cases:henvendelse_pass_on            POST  l44444444++4444l
consent:matrix                       GET   l4+4+++++444444l
consent:activate                     POST  l43433333444444l
consent:leaflet                      GET   l4+433333444444l
consent:person                       GET   l4+433333444444l
consent:declare                      GET   l4+433333444444l
consent:declare                      POST  l4+433333444444l
consent:withdraw                     GET   l4+433333444444l
consent:withdraw                     POST  l4+433333444444l
consent:blank                        GET   l4+433333444444l
consent:blank                        POST  l4+433333444444l
consent:declaration_pdf              GET   l4+433333444444l
consent:declaration_pdf              POST  l4+433333444444l
consent:sign                         GET   l4+433333444444l
consent:sign                         POST  l4+433333444444l
consent:scan                         POST  l4+433333444444l
consent:evidence                     GET   l4+433333444444l
consent:give_leaflet                 POST  l4+433333444444l
consent:receipt                      GET   l4+433333444444l
consent:receipt                      POST  l4+433333444444l
consent:confirm_told                 POST  l434444+4444444l
consent:network                      GET   l4+4+++++444444l
consent:network                      POST  l4+433333444444l
consent:contacts_pdf                 GET   l4+4333+3444444l
consent:contacts_pdf                 POST  l4+4333+3444444l
consent:exchanges                    GET   l4+4+++++444444l
consent:exchanges                    POST  l4+4+++++444444l
consent:clues                        GET   l4+433333444444l
consent:clues                        POST  l4+433333444444l
consent:clue_remove                  POST  l4+433333444444l
consent:contact                      GET   l4+433333444444l
consent:contact                      POST  l4+433333444444l
consent:contact_end                  POST  l4+433333444444l
consent:exchange_kept                GET   l4+433333444444l
consent:exchange_kept                POST  l4+433333444444l
consent:told                         GET   l4+4++3+3444444l
consent:told                         POST  l4+4++3+3444444l
consent:guidance                     GET   l++++++++++++++l
consent:guidance                     POST  l++++++++++++++l
consent:guidance_new                 GET   l3333333333+33+l
consent:guidance_new                 POST  l3333333333+33+l
consent:leaflet_new                  GET   l3333333333+33+l
consent:leaflet_new                  POST  l3333333333+33+l
consent:texts                        GET   l3333333333+33+l
consent:text_new                     GET   l3333333333+33+l
consent:text_new                     POST  l3333333333+33+l
consent:text                         GET   l3333333333+33+l
consent:text_edit                    GET   l3333333333+33+l
consent:text_edit                    POST  l3333333333+33+l
consent:text_publish                 POST  l3333333333+33+l
meetings:new                         GET   l4+433333444444l
meetings:new                         POST  l4+433333444444l
meetings:page                        GET   l4+4+++++444444l
meetings:change                      GET   l4+433333444444l
meetings:change                      POST  l4+433333444444l
meetings:cancel                      GET   l4+433333444444l
meetings:cancel                      POST  l4+433333444444l
meetings:roles                       POST  l4+4+3333444444l
meetings:presence                    POST  l4+4+++33444444l
meetings:invite                      POST  l4+433333444444l
meetings:uninvite                    POST  l4+433333444444l
meetings:hold                        POST  l4+4+++33444444l
meetings:point_add                   POST  l4+4+++++444444l
meetings:point                       GET   l4+4+3434444444l
meetings:point                       POST  l4+4+3434444444l
meetings:point_move                  POST  l4+4+3434444444l
meetings:point_remove                POST  l4+4+3434444444l
meetings:agenda_pdf                  GET   l4+4+++++444444l
meetings:agenda_pdf                  POST  l4+4+++++444444l
meetings:agenda_for_pdf              GET   l4+4++++3444444l
meetings:agenda_for_pdf              POST  l4+4++++3444444l
meetings:board_pdf                   GET   l4+4++++3444444l
meetings:board_pdf                   POST  l4+4++++3444444l
meetings:may_it_be_said              GET   l4+4+++++444444l
meetings:said_pdf                    GET   l4+4+++++444444l
meetings:said_state                  GET   l4+4+++33444444l
meetings:contacts_pdf                GET   l4+4333+3444444l
meetings:contacts_pdf                POST  l4+4333+3444444l
meetings:board                       GET   l4+4+++33444444l
meetings:board                       POST  l4+4+++33444444l
meetings:undo                        POST  l43433333444444l
meetings:scaling                     POST  l4+4+++33444444l
meetings:board_state                 GET   l4+4+++33444444l
meetings:note                        GET   l4+4+++33444444l
meetings:note                        POST  l4+4+++33444444l
meetings:note_move                   POST  l4+4+++33444444l
meetings:note_remove                 POST  l4+4+++33444444l
meetings:note_mark                   POST  l4+4+++33444444l
meetings:wall                        GET   l4+4+++++444444l
meetings:wall_state                  GET   l4+4+++++444444l
meetings:smileys                     GET   l4+4+++++444444l
meetings:smileys_unlock              POST  l4l4lllll444444l
meetings:smiley_thanks               GET   l4+4+++++444444l
meetings:smiley                      GET   l4+4++4+4444444l
meetings:smiley                      POST  l4+4++4+4444444l
plans:start                          GET   l4+4+++++444444l
plans:start                          POST  l4+4+++++444444l
plans:edit                           GET   l4+43+333444444l
plans:edit                           POST  l4+43+333444444l
plans:correct                        GET   l4+43+333444444l
plans:correct                        POST  l4+43+333444444l
plans:file_more                      POST  l4+43+333444444l
plans:page                           GET   l4+4+++++444444l
plans:item                           GET   l4+43+333444444l
plans:item                           POST  l4+43+333444444l
plans:follow_up                      GET   l4+4++4+4444444l
plans:follow_up                      POST  l4+4++4+4444444l
plans:copy                           GET   l434333+3444444l
plans:distribute                     POST  l4+43+333444444l
plans:journal                        GET   l++++++++++++++l
plans:journalise                     POST  l4+433333444444l
plans:take_back                      GET   l4+433333444444l
plans:take_back                      POST  l4+433333444444l
desk:my_day                          GET   l++++++++++++++l
desk:forloeb                         GET   l4+4+++++444444l
privacy:people                       GET   l4+433333444444l
privacy:subject_access               GET   l4+433333444444l
privacy:subject_access_pdf           GET   l4+433333444444l
privacy:subject_access_pdf           POST  l4+433333444444l
privacy:subject_access_json          GET   l4+433333444444l
privacy:subject_access_json          POST  l4+433333444444l
privacy:lookups                      GET   l4+433333444444l
privacy:lookups_pdf                  GET   l4+433333444444l
privacy:lookups_pdf                  POST  l4+433333444444l
privacy:review                       GET   l3333333333+333l
privacy:review                       POST  l3333333333+333l
insight:overview                     GET   l3333333333+333l
insight:stuck                        GET   l3333333333+333l
insight:targets                      GET   l3333333333+333l
insight:target_new                   GET   l3333333333+333l
insight:target_new                   POST  l3333333333+333l
insight:target                       GET   l3333333333+333l
insight:target                       POST  l3333333333+333l
insight:target_remove                GET   l3333333333+333l
insight:target_remove                POST  l3333333333+333l
account_login                        GET   ++++++++++++++++
account_login                        POST  ++++++++++++++++
account_logout                       POST  ++++++++++++++++
logged_out                           GET   ++++++++++++++++
account_inactive                     GET   ++++++++++++++++
account_reauthenticate               GET   l33333333333333l
account_reauthenticate               POST  l33333333333333l
account_change_password              GET   l++++++++++++++l
account_change_password              POST  l++++++++++++++l
choose_password                      GET   4444444444444444
choose_password                      POST  4444444444444444
one_time_link                        GET   ++++++++++++++++
openid_connect_login                 GET   4444444444444444
openid_connect_login                 POST  4444444444444444
openid_connect_callback              GET   4444444444444444
mfa_index                            GET   l++++++++++++++l
mfa_authenticate                     GET   l++++++++++++++l
mfa_authenticate                     POST  l++++++++++++++l
mfa_reauthenticate                   GET   l33333333333333l
mfa_reauthenticate                   POST  l33333333333333l
mfa_activate_totp                    GET   l++++++++++++++l
mfa_activate_totp                    POST  l++++++++++++++l
mfa_deactivate_totp                  GET   l44444444444444l
mfa_deactivate_totp                  POST  l44444444444444l
mfa_view_recovery_codes              GET   l44444444444444l
mfa_generate_recovery_codes          GET   l++++++++++++++l
mfa_generate_recovery_codes          POST  l++++++++++++++l
mfa_download_recovery_codes          GET   l44444444444444l
"""


def rows() -> dict[tuple[str, str], dict[str, str]]:
    """(route, method) → persona → sign."""
    found = {}
    for line in TABLE.split("\n"):
        if line.strip():
            name, method, signs = line.split()
            found[name, method] = dict(zip(PERSONAS, signs, strict=True))
    return found


SIGNS = {"+": "●", "l": "sign in", "4": "404", "3": "403"}
TITLES = {
    "no_role": "employee",
    "elsewhere": "tovholder elsewhere",
    "moedeleder": "mødeleder",
    "consented": "participant, consent",
    "unconsented": "participant, no consent",
}


def page() -> str:
    """The text of docs/access.md."""
    head = [TITLES.get(name, name) for name in PERSONAS]
    lines = [
        "# Who gets in where",
        "",
        "Made by `python -m tests.trust.table` from tests/trust/table.py; a test compares the table with what the house does,",
        "and another fails when this page is out of date. ● let in, 404 not found (as what does not exist), 403 refused with",
        "the name of who can. A method that is not here is answered 405. What a page then holds is decided by consent.",
        "",
        f"| route | method | {' | '.join(head)} |",
        f"|---|---|{'---|' * len(head)}",
    ]
    for (name, method), signs in rows().items():
        lines.append(f"| {name} | {method} | {' | '.join(SIGNS[sign] for sign in signs.values())} |")
    lines += ["", "| route | why |", "|---|---|", *(f"| {name} | {why} |" for name, why in WHY.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path("docs/access.md").write_text(page(), encoding="utf-8")
