"""One sea scanned: every channel asked as every reader; what came out is judged by the oracle, and what is wrong is kept."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import copy as duplicate
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from io import BytesIO, StringIO
from itertools import product
from typing import Any
from unittest import mock

from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from pypdf.generic import IndirectObject, StreamObject

from consent import actions as consents
from consent import basis
from consent.models import Declaration, Withdrawal
from documents import pdf
from documents.models import FrozenFile
from meetings.models import AgendaPoint, BoardNote, Presence
from organisation.models import User
from plans import actions as plan_actions
from plans.models import PlanCopy
from tests.paper import WORDS
from tests.plans.factories import pdf_text
from tests.trust import channels, sea, typed_items
from tests.trust.asking import ask, content
from tests.trust.canary import Canary, Sea
from tests.trust.heard import Heard, hearing
from tests.trust.world import Route, kind_of, routes

TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
LEAD, REFERENT = 0, 2  # of sea.py's staff; the referent was at the meeting for a part of it


def words_of(found: bytes) -> str:
    """As it lies, and the words of a PDF: theirs are compressed. A paper of words only is a PDF in name only."""
    text = found.decode("utf-8", "replace")
    if not found.startswith(b"%PDF-") or found.startswith(WORDS):
        return text
    return f"{text} {pdf_text(found)} {beside_pages(found)}"


@lru_cache(maxsize=32)
def beside_pages(paper: bytes) -> str:
    """What a PDF holds besides its pages: properties, bookmarks, what is read aloud for a picture, what is attached."""
    reader, found = PdfReader(BytesIO(paper)), list[str]()
    gather(reader.trailer, found)
    for number in range(1, int(reader.trailer["/Size"])):
        gather(reader.get_object(IndirectObject(number, 0, reader)), found)
    return " ".join(found)


def gather(what: Any, found: list[str]) -> None:
    """The strings of one object of a PDF; another that it points to is gathered in its own turn."""
    if isinstance(what, str):
        found.append(what)
    elif isinstance(what, list):
        for one in what:
            gather(one, found)
    elif isinstance(what, dict):
        for one in what.values():
            gather(one, found)
        if isinstance(what, StreamObject) and what.get("/Type") in ("/Metadata", "/EmbeddedFile"):
            found.append(what.get_data().decode("utf-8", "replace"))


def around(answer: Any) -> str:
    """The headers (the address one is sent to, the file name) and the title of the window: never a word at all (C12)."""
    title = TITLE.search(content(answer)[:4000].decode("utf-8", "replace"))
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    return repr(dict(answer.headers)) + (title[0] if title and is_page else "")


def _anew(row: Any) -> Any:
    """A row of the family as if it were read: whoever changes it, or its person, changes nobody else's."""
    one = duplicate(row)
    one.person = duplicate(row.person)
    return one


@contextmanager
def reading_once() -> Iterator[None]:
    """What was said is read from the database once, and weighed anew for every request. Only while nobody says anything."""
    answers, people = basis._answers, basis._people
    kept: dict[Any, Any] = {}

    def remembered(read: Any, forloeb_ids: Any) -> Any:
        key = read, tuple(forloeb_ids)
        if key not in kept:
            kept[key] = list(read(forloeb_ids))
        return kept[key]

    def said(forloeb_ids: Any) -> Any:
        return list(remembered(answers, forloeb_ids))

    def family(forloeb_ids: Any) -> Any:
        return [_anew(row) for row in remembered(people, forloeb_ids)]

    with mock.patch.object(basis, "_answers", said), mock.patch.object(basis, "_people", family):
        yield


class Scan:
    """Asks and keeps what is wrong.

    every: of what there is one address each for, only every so many; and of what is written, by whom and how in turn.
    """

    def __init__(self, found: Sea, *, every: int = 1) -> None:
        self.sea, self.every = found, every
        self.leaks: list[str] = []
        self.hidden: list[str] = []
        self.asked = 0
        self.channels: set[str] = set()
        self.answered: set[str] = set()  # routes that somebody read
        self.papers_made: set[str] = set()
        self.heard: dict[str, set[str]] = {}  # route → the names of an address's »?…« that it looks for
        self.whole: dict[str, set[str]] = {}
        self.clients = {one.recipient: signed_in(one.user) for one in found.staff if one.user}
        self.lead = found.staff[LEAD].recipient
        self.referent = found.staff[REFERENT].recipient
        self.routes = routes()

    def judge(self, where: str, got: set[str], allowed: set[str], *, whole: Iterable[str] | None = None) -> None:
        """`whole`: the words that must be there if they are allowed."""
        self.asked += 1
        self.leaks += [f"{where}: {word}" for word in sorted(got - allowed)]
        self.hidden += [f"{where}: {word}" for word in sorted(allowed.intersection(whole or ()) - got)]

    def ask(self, client: Client, name: str, url: str, method: str = "GET", **more: Any) -> Any:
        """One request. What stands around the answer is judged here; the words in it are the caller's."""
        self.channels.add(name)
        Heard.names = self.heard.setdefault(name, set())
        cookies = deepcopy(client.cookies)
        answer = ask(client, method, url, more.pop("data", None), **more)
        if method == "GET" and answer.status_code in (200, 286):
            self.answered.add(name)
        client.cookies = cookies  # signed out by it or not
        self.judge(f"around {name}", self.sea.found_in(around(answer)), set())
        return answer

    def words_in(self, answer: Any) -> set[str]:
        return self.sea.found_in(words_of(content(answer)))

    def all(self, key: str) -> set[str]:
        """All the reader may have. The oracle is asked once: nothing that a scan asks for changes what was said."""
        if key not in self.whole:
            self.whole[key] = self.sea.allowed(self.sea.everything, self.sea.reader(key))
        return self.whole[key]

    def words(self, *grounds: str) -> set[str]:
        return {one.word for ground in grounds for one in self.sea.ground(ground)}

    # --- addresses ----------------------------------------------------------------------------------------------------
    def addresses(self, key: str, route: Route, number: int = 0) -> list[str]:
        """The route's addresses with the sea's own keys, as one reader would ask. number: which of them, in turn."""
        options = [self._keys(route, name, key, number) for name in route.names]
        return [reverse(route.name, kwargs=dict(zip(route.names, one, strict=True))) for one in product(*options)]

    def queries(self, name: str, url: str) -> list[str]:
        """The address with what it may be asked for after its »?«."""
        return [f"{url}?{one.format_map(sea.values(self.sea))}" for one in channels.ASKED.get(name, ())]

    def _keys(self, route: Route, name: str, key: str, number: int) -> list[Any]:
        if name == "to":
            return [key.replace(":", "-")]
        if name == "slug":
            return ["naeste-moede"]
        if name == "stamp":
            return ["intet"]
        kind = kind_of(route, name)
        if kind == "attendance":
            return [self.sea.attendance[key].pk]
        if route.name == "meetings:page":
            return [self.sea.meeting.pk, self.sea.cancelled.pk]
        found = sea.keys(self.sea)[kind]
        # of the papers to the person they are about, which hold most, twice as many
        step = min(self.every, len(found), *([3] if route.name in channels.OWN else []))
        return found[number % step :: step]

    def readers(self, number: int) -> list[tuple[str, Any]]:
        """Who asks for a page: everybody; on the second database the tovholder, who makes the papers, and every other one,
        for the next page the others."""
        everybody = list(self.clients.items())
        if self.every == 1 or not os.environ.get("FF_LOOKED"):
            return everybody
        return [one for place, one in enumerate(everybody) if one[0] == self.lead or place % 2 == number % 2]

    # --- channels -----------------------------------------------------------------------------------------------------
    def pages(self) -> None:
        apart = {*channels.SINGLE, *channels.WALL}
        read = [one for one in self.routes if "GET" in one.methods and one.name in channels.PERSONAL - apart]
        for number, route in enumerate(read):
            for key, client in self.readers(number):
                for url in self.addresses(key, route, number):
                    self._page(route.name, key, client, url)
                    for asked in self.queries(route.name, url):
                        self._page(route.name, key, client, asked)

    def _page(self, name: str, key: str, client: Client, url: str) -> None:
        answer = self.ask(client, name, url)
        allowed, whole = self.all(key), None
        if answer.status_code == 200 and name in channels.WHOLE and str(self.sea.cancelled.pk) not in url:
            whole = self.words(*channels.WHOLE[name])
        if name in channels.OWN:
            allowed = self._of_person(next(one.pk for one in self.sea.people.values() if str(one.pk) in url))
        if name == "plans:copy":
            allowed = allowed | self._carried(key, url)
        self.judge(f"{name} {key}", self.words_in(answer), allowed, whole=whole)

    def _of_person(self, person: Any) -> set[str]:
        """A paper to the person it is about: theirs, whoever fetches it; but nothing kept from whose hands it comes into (M8)."""
        hands = {one.family for one in self.sea.hands(f"p:{person}")}
        kept = {one.word for one in self.sea.everything if one.kept_from & hands}
        return self.all(f"p:{person}") - kept

    def _carried(self, key: str, url: str) -> set[str]:
        """P6: who was there and wrote it down carries a copy to its reader, as if it still were the draft; a no stops."""
        if key != self.referent:
            return set()
        copy = PlanCopy.objects.get(pk=url.split("/")[-2])
        plan = [
            *self.sea.plan,
            *(one for name in ("outcomes", "corrections", "notes") for one in self.sea.ground(name)),
        ]
        readers = self.all(copy.recipient)
        drafted = [one.drafted(self.sea.meeting.pk) for one in plan]
        beside = readers - {one.word for one in plan}  # what stands around the items is the reader's to know
        return (readers & self.sea.allowed(drafted, self.sea.reader(key))) | (beside & self.all(key))

    def singles(self) -> None:
        """Each item's own page is there for who may have it, and 404 (or refused) for everybody else."""
        step = self.every * 2 - 1  # each reader asks for others
        for turn, (key, client) in enumerate(self.clients.items()):
            for name, ground in channels.SINGLE.items():
                for one in self.sea.ground(ground)[turn * 3 % step :: step]:
                    answer = self.ask(client, name, reverse(name, kwargs={"pk": one.row.pk}))
                    is_whole = answer.status_code != 403 and isinstance(one.row, (BoardNote, AgendaPoint))
                    whole = {one.word} if is_whole else None
                    others = self.words(ground) - {one.word}
                    self.judge(f"{name} {key}", self.words_in(answer), self.all(key) - others, whole=whole)

    def requests(self) -> None:
        """A henvendelse is its sender's and its receiver's, and to all others it is not there (O4)."""
        for key, client in self.clients.items():
            for row in self.sea.requests:
                answer = self.ask(client, "cases:henvendelse", reverse("cases:henvendelse", args=[row.pk]))
                whole = {one.word for one in self.sea.ground("requests") if one.row == row}
                self.judge(f"henvendelse {key}", self.words_in(answer), self.all(key), whole=whole)

    def walls(self) -> None:
        """All in the room, and whoever opened it (M6)."""
        room = [
            self.sea.reader(key)
            for key, row in self.sea.attendance.items()
            if row.presence in (Presence.PRESENT, Presence.PARTLY, Presence.INVITED)
        ]
        for who in room:
            who.was_at = {self.sea.meeting.pk}
        open_to_all = [one for one in self.sea.everything if not one.kept_from]
        by_room = self.sea.allowed(open_to_all, *room)
        for key, client in self.clients.items():
            for name in channels.WALL:
                extra = {"stamp": "intet"} if name == "meetings:wall_state" else {}
                answer = self.ask(client, name, reverse(name, kwargs={"pk": self.sea.meeting.pk, **extra}))
                assert answer.status_code in (200, 286)
                self.judge(f"{name} {key}", self.words_in(answer), by_room & self.all(key), whole=self.words("board"))

    def drafts(self) -> None:
        """Én Plan while it is written: as open as its meeting's board."""
        plan = [*self.sea.plan, *self.sea.ground("outcomes")]
        drafted = [one.drafted(self.sea.meeting.pk) for one in plan]
        names = {one.word for one in plan}
        for key, client in self.clients.items():
            allowed = self.all(key) - names | self.sea.allowed(drafted, self.sea.reader(key))
            for name in ("plans:page", "plans:edit"):
                answer = self.ask(client, name, reverse(name, args=[self.sea.version.pk]))
                whole = names if answer.status_code == 200 else None
                self.judge(f"draft {name} {key}", self.words_in(answer), allowed, whole=whole)
            for one in plan[:: self.every * 4] if key in (self.lead, self.referent) else ():
                answer = self.ask(client, "plans:item", reverse("plans:item", args=[one.row.pk]))
                self.judge(f"draft item {key}", self.words_in(answer), allowed)

    def kept_papers(self) -> None:
        """The receipts of what was taken back, as they come into the person's hands (C7), and a signed paper scanned in."""
        keys = sea.keys(self.sea)
        for row in Withdrawal.objects.filter(pk__in=keys["withdrawal"]):
            consents.make_receipt(by=self.sea.lead, withdrawal=row)
            row.refresh_from_db()
            got = self.sea.found_in(words_of(row.receipt.content))
            self.judge(f"receipt {row.person_id}", got, self._of_person(row.person_id))
        scanned = PlanCopy.objects.get(version=self.sea.version, recipient=self.lead).file
        for declaration in Declaration.objects.filter(pk__in=keys["declaration"]):
            declaration.evidence = scanned
            declaration.save()

    def papers(self) -> None:
        """The frozen copies as they lie, whoever may fetch them; and what the tovholder makes for each of the invited."""
        plan = self.words("plan", "outcomes", "corrections")
        copies = {copy.recipient: copy for copy in PlanCopy.objects.filter(version=self.sea.version)}
        grown = {f"p:{self.sea.people[name].pk}" for name in ("mor", "far", "sted", "teen")}
        assert set(copies) == {one.recipient for one in self.sea.staff} | grown
        for key, copy in copies.items():
            self.judge(f"copy {key}", self.sea.found_in(words_of(copy.file.content)), self.all(key), whole=plan)
        handing, adults = (
            self.sea.reader(self.lead),
            [f"p:{self.sea.people[name].pk}" for name in ("mor", "far", "sted")],
        )
        for key, row in self.sea.attendance.items():
            allowed = self.sea.allowed(self.sea.everything, *self.sea.hands(key), handing)
            for name, ground in (("board_pdf", "board"), ("agenda_for_pdf", "agenda")):
                self._paper(name, {"pk": self.sea.meeting.pk, "attendance": row.pk}, key, allowed, ground)
        for key in [
            one.recipient for one in self.sea.staff[1:]
        ] + adults:  # on paper the tovholder is one of those who call
            allowed = self.sea.allowed(self.sea.everything, self.sea.reader(key), handing)
            self._paper(
                "contacts_pdf", {"pk": self.sea.meeting.pk, "to": key.replace(":", "-")}, key, allowed, "contacts"
            )

    def _paper(self, name: str, keys: dict[str, Any], key: str, allowed: set[str], ground: str) -> None:
        answer = self.ask(self.clients[self.lead], f"meetings:{name}", reverse(f"meetings:{name}", kwargs=keys))
        assert answer.status_code == 200
        self.judge(f"{name} {key}", self.words_in(answer), allowed, whole=self.words(ground))

    def writes(self) -> None:
        """Every route that is written to, with a form that lacks everything and a version that is long gone: what is
        answered, on a page or as a fragment, holds no more than the reader may have."""
        names = {*channels.PERSONAL, *channels.WRITTEN}
        written = [one for one in self.routes if "POST" in one.methods and one.name in names]
        others = [key for key in self.clients if key != self.lead]
        for number, route in enumerate(written):
            readers = self.clients if self.every == 1 else [self.lead, others[number % len(others)]]
            for turn, key in enumerate(readers):
                urls = self.addresses(key, route, number)
                urls = urls if self.every == 1 else urls[:3]
                for url in urls + [asked for one in urls[:1] for asked in self.queries(route.name, one)]:
                    ways: list[dict[str, str]] = [{}, {"HX-Request": "true"}]
                    for headers in ways if self.every == 1 else [ways[(number + turn) % 2]]:
                        data = {"row_version": 99, "text": ""}
                        answer = self.ask(self.clients[key], route.name, url, "POST", data=data, **headers)
                        allowed = self.all(key)
                        if route.name in channels.OWN:
                            allowed = self._of_person(
                                next(one.pk for one in self.sea.people.values() if str(one.pk) in url)
                            )
                        self.judge(f"POST {route.name} {key}", self.words_in(answer), allowed)

    def begun(self) -> None:
        """A start as each would begin it, step by step, and the search whether the family is known (F9)."""
        person = self.sea.people["mor"]
        need = {"need": "Skole", "model_and_board": "faelles_familier:sos"}
        for key, client in self.clients.items():
            home = self.ask(client, "cases:start", reverse("cases:start")).context["home"]
            steps: list[tuple[str, dict[str, str]]] = [
                ("cases:start", {"underretning": "nej", "other_track": "nej"}),
                ("cases:start_family", {"search": "1", "name": person.name}),
                ("cases:start_family", {"family_name": "En ny familie"}),
                ("cases:start_need", need | {"department": str(home.pk)}),
                ("cases:start_review", {}),
            ]
            for name, typed in steps:
                ways = [("GET", {})] + ([("POST", typed)] if typed else [])
                for method, data in ways:
                    answer = self.ask(client, name, reverse(name), method, data=data)
                    assert answer.status_code in (200, 302), (name, method)
                    own = self.sea.found_in(" ".join(typed.values()))  # what was typed stands in its field
                    self.judge(f"begun {name} {key}", self.words_in(answer), self.all(key) | own)
                if typed:
                    client.post(reverse(name), typed)  # what was asked is taken back; this is kept
            client.post(reverse("cases:start_forget"))

    def outsiders(self) -> None:
        """Who takes no part: every page without a key, and those of this family."""
        bare = [one for one in self.routes if not one.names and "GET" in one.methods and one.name in channels.PERSONAL]
        urls = [(one.name, reverse(one.name)) for one in bare] + [
            ("desk:forloeb", reverse("desk:forloeb", args=[self.sea.forloeb.pk])),
            ("meetings:page", reverse("meetings:page", args=[self.sea.meeting.pk])),
            ("plans:page", reverse("plans:page", args=[self.sea.version.pk])),
            ("insight:stuck", reverse("insight:stuck", args=["naeste-moede"])),
            *(("cases:henvendelse", reverse("cases:henvendelse", args=[one.pk])) for one in self.sea.requests),
        ]
        for who, user in self.sea.outsiders.items():
            client, seen, allowed = signed_in(user), set[str](), self.sea.allowed_outside(who)
            for name, url in urls:
                for one in (url, *self.queries(name, url)):
                    got = self.words_in(self.ask(client, name, one))
                    self.judge(f"{name} {who}", got, allowed)
                    seen |= got
            self.judge(f"all for {who}", seen, allowed, whole=self.words("requests", "disagreements"))

    def commands(self) -> None:
        """What the night's jobs say goes to a log that others read."""
        for name, options in channels.QUIET.items():
            said = StringIO()
            call_command(name, stdout=said, stderr=said, **options)
            self.judge(f"command {name}", self.sea.found_in(said.getvalue()), set())

    def left_behind(self, caplog: Any) -> None:
        """Rows, sessions, mails, file names and the server's log hold no word at all."""
        for app, name in channels.ROWS:
            for row in apps.get_model(app, name).objects.all():
                told = repr(row.get_decoded()) if isinstance(row, Session) else repr(vars(row))
                self.judge(name, self.sea.found_in(told), set())
        names = " ".join(f"{one.filename} {one.title}" for one in FrozenFile.objects.all())
        self.judge("file names", self.sea.found_in(names), set())
        self.judge("server log", self.sea.found_in(caplog.text), set())
        self.judge("mail", self.sea.found_in(" ".join(str(one.message()) for one in mail.outbox)), set())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@contextmanager
def papers_kept(made: set[str]) -> Iterator[None]:
    """Every template that is laid out as a paper meanwhile."""
    compose = pdf._compose

    def noted(template: str, *given: Any) -> tuple[str, str]:
        made.add(template)
        return compose(template, *given)

    with mock.patch.object(pdf, "_compose", noted):
        yield


def _give_up(found: Sea, canary: Canary) -> None:
    """Whoever was given a task and was not at the table has not contributed it: it is finished as nobody's own (C5)."""
    item = canary.item
    row = found.attendance.get(item.from_whom) if item else None
    away = row is not None and row.presence not in (Presence.PRESENT, Presence.PARTLY)
    if item and away and canary.row.kind == "agreement" and canary.row.carried_from_id is None:
        canary.item = replace(item, from_whom="")


def scan(caplog: Any, found: Sea, *, every: int = 1) -> Scan:
    """All of it: while the plan is a draft, and when it is finished."""
    one = Scan(found, every=every)
    with reading_once(), hearing(), papers_kept(one.papers_made):
        one.walls()
        one.drafts()
        plan_actions.finish(by=found.lead, version=found.version)
        for canary in found.plan:
            canary.row.refresh_from_db()
            _give_up(found, canary)
        typed_items.follow_up(found)
        one.whole.clear()
        for part in (one.papers, one.kept_papers, one.pages, one.singles, one.requests, one.begun):
            part()
        one.writes()
        one.outsiders()
    one.commands()
    one.left_behind(caplog)
    return one
