"""What may stand in a scenario file: the keys of each part, and what stands at them. Everything else is refused.

A key that nobody reads would be passed over in silence, and a must that is misspelt would hold whatever happens.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from cases import collaboration
from cases.models import EndReason, FamilyRelation, ForloebState, ParticipationRole
from consent.models import ToldWay, Way
from consent.models.clues import ADDED
from meetings.models import Presence, RoleKind
from plans.models import FollowUpState, Outcome, SentWay
from web import dates
from web.cpr import birth_date, parse_cpr

# `key:sort`, and a question mark when it may be left out. The sorts stand in `SORTS`.
STEP = "act:text day:number at:clock? rules:texts? refused:text?"
WHERE = "meeting:number? version:number? person:person? reader:text? topics:texts?"  # what an address may need
WORDS = "holds:words? lacks:words?"
MARKS = "about:persons? topic:text? said_by:person? kept_from:persons?"
BELOW = "sub_goal:sub_goals? effort:efforts? agreement:agreements?"
TOP = "title:text family:text model:model person:any staff:any step:any must:any?"
PERSON = (
    "key:text first_name:text last_name:text? cpr:cpr? kind:kind relation:text? household:text? custody:persons? "
    "focus:yes? in_forloeb:yes? later:yes? phone:text? address:text? protected_address:yes? protected_name:text? "
    "interpreter:text?"
)
STAFF = "key:text name:text? department:text? external:text? title:text? role:role? phone:text?"
MUST = "id:text text:text"
ROWS = {
    "notes": f"column:text text:text by:staff? {MARKS}",
    "goals": f"text:text? note:text? under:text? {MARKS} {BELOW}",
    "sub_goals": f"text:text? note:text? {MARKS} effort:efforts? agreement:agreements?",
    "efforts": f"text:text? note:text? who:anybody? {MARKS} agreement:agreements?",
    "agreements": f"text:text? note:text? who:anybody? due:number? {MARKS}",
}
ACTS = {
    # henvendelse, start, and the life of the forløb
    "henvendelse": "by:staff to:text to_user:staff? about:text need:text family_knows:yes?",
    "pass_on": "by:staff to:text note:text?",
    "decline": "by:staff reason:text",
    "accept": "by:staff",
    "start": "by:staff need:text board:text?",
    "activate": "by:staff?",
    "pause": "by:staff?",
    "resume": "by:staff?",
    "end": "by:staff? reason:end text:text?",
    "reopen": "by:staff? why:text",
    "erase": "",
    # who
    "family": "",
    "add": "who:persons",
    "change_person": (
        "person:person first_name:text? last_name:text? kind:kind? relation:text? household:text? placement:text? "
        "in_forloeb:yes? focus:yes? phone:text? address:text? protected_address:yes? protected_name:text? interpreter:text?"
    ),
    "custody": "child:person holders:persons",
    "leave": "person:person",
    "cases": "in:persons_by_name",
    "end_case": "in:persons_by_name",
    "participants": "who:staffs role:role?",
    "end_participation": "who:staff",
    "hand_over": "by:staff? to:staff reason:text",
    "hand_over_all": "to:staff reason:text",
    "bar": "by:staff? who:staff reason:text",
    "unbar": "by:staff? who:staff",
    # consent, and what lies around it
    "guidance": "who:staffs",
    "consent": (
        "by:staff? person:person yes:answers? no:answers? signed_by:persons? way:given? note:text? expires:number? "
        "informed:number? leaflet:yes?"
    ),
    "sign": "by:staff? person:person signer:person",
    "leaflet": "by:staff? person:person",
    "withdraw": "by:staff? person:person recipients:texts? topics:texts? way:given?",
    "confirm_told": "by:staff? reader:text",
    "clue": "by:staff? person:person kind:clue word:text",
    "contact": (
        "by:staff? name:text relation:text about:persons topics:texts said_by:person phone:text? note:text? "
        "may_call:texts? kept_from:persons?"
    ),
    "end_contact": "by:staff? name:text",
    "exchange": "by:staff? what:text about:persons? topic:text? with:staff? with_name:text?",
    "tell": "by:staff? exchange:number way:told",
    "keep_exchange": "by:staff? exchange:number kept_from:persons",
    "escalation": "by:staff? what:text involved:staffs settled:text? leaders:text?",
    # meetings
    "plan_meeting": (
        "by:staff? on:number from:clock? minutes:number? place:text purpose:text? staff:staffs? family:persons? "
        "roles:staff_by_role? agenda:texts? interpreter:text?"
    ),
    "move_meeting": "by:staff? meeting:number on:number from:clock? minutes:number? place:text?",
    "cancel_meeting": "by:staff? meeting:number reason:text",
    "invite": "by:staff? meeting:number who:anybody",
    "uninvite": "by:staff? meeting:number who:anybody",
    "board": "by:staff? meeting:number tavle:staff? note:notes",
    "change_note": f"by:staff? meeting:number note:text text:text? column:text? {MARKS}",
    "remove_note": "by:staff? meeting:number note:text",
    "hold": (
        "by:staff? meeting:number staff:staffs? family:persons? absent:presence_by_anybody? tavle:staff? note:notes? "
        "scaling:numbers_by_person?"
    ),
    "presence": "by:staff? meeting:number who:anybody presence:presence note:text?",
    "smileys": "by:staff? meeting:number given:number_by_person",
    # Én Plan
    "plan": "by:staff? meeting:number carried:outcomes? goal:goals? finish:yes?",
    "finish": "by:staff? version:number",
    "correction": "by:staff? version:number says:text texts:words_by_name? finish:yes?",
    "follow_up": "by:staff? agreements:states_by_name note:text?",
    "journal": "by:staff version:number",
    "distribute": "by:staff? version:number reader:text way:sent",
    "take_back": "by:staff version:number person:person reason:text",
    # the municipality itself
    "close_department": "department:text",
    "rename_department": "department:text to:text",
    "end_employment": "who:staff",
    "new_text": "title:text? purpose:text? body:text? months:number?",
    "new_guidance": "body:text",
    # looking
    "look": f"by:staff page:text {WHERE}",
    "must": "id:text",
}
CHECKS = {
    "paper": f"reader:text version:number? {WORDS}",
    "board": f"reader:anybody meeting:number? {WORDS}",
    "page": f"as:staff page:text status:number? logged:person? {WHERE} {WORDS}",
    "search": f"as:staff cpr:text? name:text? {WORDS}",
    "order": f"as:staff page:text names:texts {WHERE}",
    "journal": "lines:persons_by_name version:number?",
    "together": "version:number item:text first:staff second:staff",
    "said": WORDS,
    "state": "state:state reason:end?",
    "nothing": "",
    "erased": "",
}
CHOICES: dict[str, tuple[list[str], str]] = {
    "kind": (FamilyRelation.values, "en rolle i familien"),
    "role": (ParticipationRole.values, "en rolle i et forløb"),
    "meeting_role": (RoleKind.values, "en rolle på et møde"),
    "presence": (Presence.values, "et fremmøde"),
    "given": (Way.values, "en måde at give eller tilbagekalde på"),
    "clue": (list(ADDED), "et spor, man selv skriver på"),
    "told": (ToldWay.values, "en måde at få det at vide på"),
    "sent": (SentWay.values, "en måde at få planen på"),
    "followed": (FollowUpState.values, "et svar på, hvordan det går"),
    "state": (ForloebState.values, "en tilstand"),
    "end": (EndReason.values, "en grund til at slutte"),
}
MOST = 36500  # a hundred years of days
SAYS_SOMETHING = ("paper", "board", "search", "said")  # without words these hold whatever stands there


class Wrong(Exception):
    """What is wrong, where, and what is known; without the name of the file."""


def listed(names: Iterable[Any]) -> str:
    return ", ".join(str(name) for name in names) or "ingen"


def nearest(word: str, names: Iterable[str]) -> str:
    """» Mente du »topics«?« when something that is known looks like it."""
    close = get_close_matches(word, list(names), n=1)
    return f" Mente du »{close[0]}«?" if close else ""


def demand_known(word: Any, names: Iterable[str], where: str, what: str) -> None:
    names = list(names)
    if word not in names:
        raise Wrong(f"{where}: »{word}« er ikke {what}.{nearest(str(word), names)} Der er: {listed(names)}.")


def check_file(raw: Mapping[str, Any]) -> None:
    """Every part and every key of the file. Raises Wrong at the first that is not as it should be."""
    check = Check({}, {})
    check.row(raw, TOP, "filen")
    for part in ("person", "staff", "step", "must"):
        rows = raw.get(part, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Wrong(f"»{part}« skrives som [[{part}]], én for hver.")
    check = Check(_by_key(raw["person"], "person"), _by_key(raw["staff"], "staff"))
    for key, row in check.persons.items():
        check.row(row, PERSON, f"person »{key}«")
    for key, row in check.staff.items():
        check.row(row, STAFF, f"staff »{key}«")
        if not any(row.get(name) for name in ("name", "department")):
            raise Wrong(
                f"staff »{key}«: skriv »name« eller »department« for en ansat, og »external« og »name« for en ekstern."
            )
        if row.get("external") and not row.get("name"):
            raise Wrong(f"staff »{key}«: en ekstern skal have »name«.")
    _check_musts(check, raw)


def _check_musts(check: "Check", raw: Mapping[str, Any]) -> None:
    musts = [must.get("id") for must in raw.get("must", ())]
    for number, step in enumerate(raw["step"], 1):
        check.step(step, number)
        if step["act"] == "must":
            demand_known(step["id"], musts, f"trin {number} (must)", "et krav i filen")
    asked = {step["id"] for step in raw["step"] if step["act"] == "must"}
    for number, must in enumerate(raw.get("must", ()), 1):
        check.must(must, f"krav {must.get('id', f'nr. {number}')}")
        if musts.count(must["id"]) > 1:
            raise Wrong(f"krav {must['id']}: to krav hedder det samme.")
        if must["id"] not in asked:
            raise Wrong(f'krav {must["id"]} bliver aldrig kontrolleret. Tilføj et trin med act = "must".')


def _by_key(rows: Iterable[Mapping[str, Any]], what: str) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for number, row in enumerate(rows, 1):
        if not row.get("key") or row["key"] in found:
            raise Wrong(f"{what} nr. {number} skal have sin egen »key«.")
        found[row["key"]] = row
    return found


class Check:
    """The parts of one file, with the keys of its people."""

    def __init__(self, persons: Mapping[str, Mapping[str, Any]], staff: Mapping[str, Mapping[str, Any]]) -> None:
        self.persons, self.staff = persons, staff

    def step(self, step: Mapping[str, Any], number: int) -> None:
        where = f"trin {number}"
        if "act" not in step:
            raise Wrong(f"{where}: »act« mangler. Vælg mellem: {listed(sorted(ACTS))}.")
        demand_known(step["act"], sorted(ACTS), where, "noget, et trin kan")
        questions = " ".join(f"{key}:yes?" for key in _questions()) if step["act"] == "start" else ""
        self.row(step, f"{STEP} {ACTS[step['act']]} {questions}", f"{where} ({step['act']})")

    def must(self, must: Mapping[str, Any], where: str) -> None:
        if "part" in must:
            self.row({**must, "part": ""}, f"{MUST} part:any", where)
            if not isinstance(must["part"], list) or not must["part"]:
                raise Wrong(f"{where}: »part« skrives som [[must.part]], én for hver.")
            for number, part in enumerate(must["part"], 1):
                self.check(part, "", f"{where}, del {number}")
        else:
            self.check(must, MUST, where)

    def check(self, row: Mapping[str, Any], more: str, where: str) -> None:
        if "check" not in row:
            raise Wrong(f"{where}: »check« mangler. Vælg mellem: {listed(sorted(CHECKS))}.")
        demand_known(row["check"], sorted(CHECKS), where, "en måde at kontrollere på")
        self.row(row, f"{more} check:text {CHECKS[row['check']]}", f"{where} ({row['check']})")
        if row["check"] in SAYS_SOMETHING and not (row.get("holds") or row.get("lacks")):
            raise Wrong(f"{where} ({row['check']}): skriv »holds« eller »lacks«. Ellers kan kravet ikke fejle.")

    def row(self, row: Mapping[str, Any], shape: str, where: str) -> None:
        sorts = dict(key.split(":") for key in shape.split())
        for key in row:
            if key not in sorts:
                told = f"Nøglerne er: {listed(sorted(sorts))}."
                raise Wrong(f"{where}: »{key}« kendes ikke.{nearest(key, sorts)} {told}")
        for key, sort in sorts.items():
            if key in row:
                self.value(row[key], sort.rstrip("?"), f"{where}: »{key}«")
            elif not sort.endswith("?"):
                raise Wrong(f"{where}: »{key}« mangler.")

    def value(self, value: Any, sort: str, where: str) -> None:
        if sort in ROWS:
            if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
                raise Wrong(f"{where} skrives som [[step.…]], én for hver.")
            for number, one in enumerate(value, 1):
                self.row(one, ROWS[sort], f"{where} nr. {number}")
                if sort != "notes" and len({"text", "note", "under"} & one.keys()) != 1:
                    raise Wrong(
                        f"{where} nr. {number}: skriv »text«, eller »note« med et punkt fra tavlen. Kun det ene."
                    )
        elif sort in CHOICES:
            values, what = CHOICES[sort]
            demand_known(value, values, where, what)
        elif sort == "any":
            if value in (None, []):
                raise Wrong(f"{where} er tom.")
        else:
            getattr(self, f"_{sort}")(value, where)

    # --- what may stand at a key -------------------------------------------------------------------------------------
    def _text(self, value: Any, where: str) -> None:
        self._is(value, str, where, "tekst")

    def _number(self, value: Any, where: str) -> None:
        self._is(value, int, where, "et helt tal")
        if abs(value) > MOST:
            raise Wrong(f"{where}: {value} er for stort. Skriv et tal mellem -{MOST} og {MOST}.")

    def _yes(self, value: Any, where: str) -> None:
        if not isinstance(value, bool):
            raise Wrong(f"{where} skal være true eller false.")

    def _is(self, value: Any, sort: type, where: str, word: str) -> None:
        if not isinstance(value, sort) or isinstance(value, bool):
            raise Wrong(f"{where} skal være {word}.")

    def _clock(self, value: Any, where: str) -> None:
        self._text(value, where)
        try:
            dates.parse_time(value)
        except ValueError as error:
            raise Wrong(f"{where}: »{value}« er ikke et klokkeslæt. {error}.") from None

    def _texts(self, value: Any, where: str) -> None:
        self._is(value, list, where, 'en liste af tekster, fx ["en", "to"]')
        for one in value:
            self._text(one, where)

    def _words(self, value: Any, where: str) -> None:
        """What a text is searched for: an empty one stands in every text."""
        self._texts(value, where)
        if not all(one.strip() for one in value):
            raise Wrong(f"{where} har en tom tekst. Skriv de ord, der skal stå, eller ikke må stå.")

    def _cpr(self, value: Any, where: str) -> None:
        self._text(value, where)
        try:
            birth_date(parse_cpr(value))
        except ValueError as error:
            raise Wrong(f"{where}: {error}.") from None

    def _model(self, value: Any, where: str) -> None:
        demand_known(value, sorted(collaboration.models()), where, "en samarbejdsmodel")

    def _person(self, value: Any, where: str) -> None:
        demand_known(value, self.persons, where, "en person i filen")

    def _staff(self, value: Any, where: str) -> None:
        demand_known(value, self.staff, where, "en medarbejder i filen")

    def _anybody(self, value: Any, where: str) -> None:
        demand_known(value, [*self.persons, *self.staff], where, "en person eller en medarbejder i filen")

    def _persons(self, value: Any, where: str) -> None:
        self._is(value, list, where, 'en liste af personer, fx ["mor"]')
        for one in value:
            self._person(one, where)

    def _staffs(self, value: Any, where: str) -> None:
        self._is(value, list, where, "en liste af medarbejdere")
        for one in value:
            self._staff(one, where)

    def _rows(self, value: Any, where: str, key: str, inside: str) -> None:
        self._is(value, dict, where, "skrevet som { navn = … }")
        for name, one in value.items():
            if key:
                self.value(name, key, where)
            self.value(one, inside, f"{where} ({name})")

    def _persons_by_name(self, value: Any, where: str) -> None:
        self._rows(value, where, "", "persons")

    def _staff_by_role(self, value: Any, where: str) -> None:
        self._rows(value, where, "meeting_role", "staff")

    def _words_by_name(self, value: Any, where: str) -> None:
        self._rows(value, where, "", "text")

    def _presence_by_anybody(self, value: Any, where: str) -> None:
        self._rows(value, where, "anybody", "presence")

    def _states_by_name(self, value: Any, where: str) -> None:
        self._rows(value, where, "", "followed")

    def _number_by_person(self, value: Any, where: str) -> None:
        self._rows(value, where, "person", "number")

    def _numbers_by_person(self, value: Any, where: str) -> None:
        self._rows(value, where, "person", "two")

    def _two(self, value: Any, where: str) -> None:
        if not (isinstance(value, list) and [type(one) for one in value] == [int, int]):
            raise Wrong(f"{where} skal være to tal, fx [3, 5].")

    def _answers(self, value: Any, where: str) -> None:
        self._rows(value, where, "", "topics")

    def _topics(self, value: Any, where: str) -> None:
        if value != "all":
            self._texts(value, where)

    def _outcomes(self, value: Any, where: str) -> None:
        self._rows(value, where, "", "outcome")

    def _outcome(self, value: Any, where: str) -> None:
        """»carried«, or [»changed«, »why«]."""
        if isinstance(value, list):
            self._texts(value, where)
            if len(value) != 2:
                raise Wrong(f'{where} skal være et svar, eller et svar og hvorfor: ["changed", "Det passer bedre"].')
        demand_known(value[0] if isinstance(value, list) else value, Outcome.values, where, "et svar")


def _questions() -> set[str]:
    """The start check's questions, of every model."""
    return {question.key for model in collaboration.models().values() for question in model.start_check}
