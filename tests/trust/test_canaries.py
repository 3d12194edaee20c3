"""Delivered = consented, in every channel, for every reader: judged by the oracle, word by word (C5, C6, M6, M8)."""

import re
from dataclasses import replace

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from consent.models import Declaration, Withdrawal
from documents.models import FrozenFile
from meetings.models import AgendaPoint, BoardNote, Presence
from plans import actions as plan_actions
from plans.models import JournalEntry, PlanCopy
from tests.plans.factories import pdf_text
from tests.trust import channels, sea
from tests.trust.asking import ask, content
from tests.trust.world import routes

pytestmark = pytest.mark.django_db
WORD = re.compile(r"zq(?:tavle|plan|punkt)\d{3}q", re.IGNORECASE)


def test_C5_every_get_route_is_a_channel_or_tells_of_nobody():
    """What later work adds is covered from its first day: a new route stands in a list, or this fails."""
    read = {route.name for route in routes() if "GET" in route.methods}
    assert read == channels.PERSONAL | channels.FREE, read ^ (channels.PERSONAL | channels.FREE)
    assert not channels.PERSONAL & channels.FREE


def canaries(text: str) -> set[str]:
    return {word.capitalize() for word in WORD.findall(text)}


def words_in(answer) -> set[str]:
    """Every canary in an answer: body, PDF text and metadata, and all headers (file names too)."""
    found = content(answer)
    return canaries(words_of(found) + repr(dict(answer.headers)))


def words_of(found: bytes) -> str:
    """As it lies, and the words of a PDF: theirs are compressed. A paper of `papers_are_words` is a PDF in name only."""
    text = found.decode("utf-8", "replace")
    return text + pdf_text(found) if found.startswith(b"%PDF-") and not found.startswith(WORDS) else text


WORDS = b"%PDF-1.7\n<!-- words -->"  # what a paper begins with that was never laid out
REFERENT = 2  # of sea.py's staff: at the meeting for a part of it


class Scan:
    """One sea: asks in every channel as every reader and keeps what is wrong."""

    def __init__(self, found: sea.Sea, *, every: int = 1) -> None:
        self.sea = found
        self.every = every  # of the pages for one item each, only every so many
        self.leaks: list[str] = []
        self.hidden: list[str] = []
        self.asked = 0
        self.clients: dict[str, Client] = {}
        self.whole: dict[str, set[str]] = {}
        for one in found.staff[:5]:
            client = Client()
            client.force_login(one.user, backend="django.contrib.auth.backends.ModelBackend")
            self.clients[one.recipient] = client

    def judge(self, where: str, got: set[str], allowed: set[str], *, whole: set[str] | None = None) -> None:
        """`whole`: the words that must be there if they are allowed."""
        self.asked += 1
        self.leaks += [f"{where}: {word}" for word in sorted(got - allowed)]
        if whole is not None:
            self.hidden += [f"{where}: {word}" for word in sorted((allowed & whole) - got)]

    def all(self, key: str) -> set[str]:
        """All the reader may have. The oracle is asked once: nothing that a scan asks for changes what was said."""
        if key not in self.whole:
            self.whole[key] = self.sea.allowed(self.sea.everything, self.sea.reader(key))
        return self.whole[key]

    def pages(self) -> None:
        for key, client in self.clients.items():
            for name, url in self.addresses(key):
                answer = ask(client, "GET", url)
                got, allowed, whole = words_in(answer), self.all(key), None
                if answer.status_code == 200 and name in channels.WHOLE and str(self.sea.cancelled.pk) not in url:
                    whole = {one.word for one in getattr(self.sea, channels.WHOLE[name].replace("paper", "plan"))}
                if name in channels.OWN:
                    person = next(pk for pk in map(str, [one.pk for one in self.sea.people.values()]) if pk in url)
                    allowed = self.all(f"p:{person}")
                if name == "plans:copy" and key == self.sea.staff[REFERENT].recipient:
                    # P6: who was there and wrote it down carries a copy to its reader, as if it still were the draft; a no stops.
                    copy = PlanCopy.objects.get(pk=url.split("/")[-2])
                    drafted = [
                        replace(one, item=replace(one.item, on_board_of=self.sea.meeting.pk)) for one in self.sea.plan
                    ]
                    readers = self.sea.allowed(self.sea.plan, self.sea.reader(copy.recipient))
                    allowed = allowed | (readers & self.sea.allowed(drafted, self.sea.reader(key)))
                if name == "plans:copy" and whole is not None:
                    whole = None  # judged as the paper it is, in papers()
                self.judge(f"{name} {key}", got, allowed, whole=whole)

    def addresses(self, key: str):
        """Every channel's addresses, each with the sea's own keys. What is for one item or person is asked for all."""
        keys = self.keys(key)
        for route in routes():
            if "GET" not in route.methods or route.name not in channels.PERSONAL:
                continue
            if route.name in {*channels.SINGLE, *channels.WALL}:
                continue
            for given in keys(route):
                yield route.name, reverse(route.name, kwargs=given)

    def keys(self, key: str):
        s = self.sea
        people = list(s.people.values())
        version = s.version.pk
        copies = list(PlanCopy.objects.filter(version=version))
        entries = list(JournalEntry.objects.filter(version=version)[:1])

        def of(route):
            name, path = route.name, route.path
            if not route.names:
                return [{}]
            if name in ("insight:stuck",):
                return [{"slug": "naeste-moede"}]
            if "attendance" in route.names:
                return [{"pk": s.meeting.pk, "attendance": s.attendance[key].pk}]
            if "to" in route.names:
                pk = s.meeting.pk if path.startswith("moeder/") else s.forloeb.pk
                return [{"pk": pk, "to": key.replace(":", "-")}]
            if "stamp" in route.names:
                return [{"pk": s.meeting.pk, "stamp": "intet"}]
            if name in ("cases:person", "cases:person_remove", "cases:show_address", "cases:case_new"):
                members = s.forloeb.family.members.values_list("pk", flat=True)
                return [{"pk": s.forloeb.pk, "key": pk} for pk in members]
            if "person_pk" in route.names:
                return [{"pk": s.forloeb.pk, "person_pk": one.pk} for one in people]
            if "person" in route.names:
                pk = s.meeting.pk if path.startswith("moeder/") else s.forloeb.pk
                return [{"pk": pk, "person": one.pk} for one in people]
            if path.startswith("forloeb/"):
                return [{"pk": s.forloeb.pk}]
            if path.startswith("samtykke/erklaering/"):
                return [
                    {"pk": pk} for pk in Declaration.objects.filter(forloeb=s.forloeb).values_list("pk", flat=True)[:3]
                ]
            if path.startswith("samtykke/tilbagekaldelse/"):
                return [
                    {"pk": pk} for pk in Withdrawal.objects.filter(forloeb=s.forloeb).values_list("pk", flat=True)[:2]
                ]
            if path.startswith("deltagere/"):
                return [{"pk": s.staff[1].pk}]
            if name in ("plans:edit", "plans:page", "plans:correct"):
                return [{"pk": version}]
            if name == "plans:item":
                return [{"pk": one.row.pk} for one in s.plan[:: self.every * 3]]
            if name == "plans:copy":
                return [{"pk": one.pk} for one in copies]
            if name in ("plans:journalise", "plans:take_back"):
                return [{"pk": one.pk} for one in entries]
            if name == "meetings:page":
                return [{"pk": s.meeting.pk}, {"pk": s.cancelled.pk}]
            if path.startswith("moeder/<"):
                return [{"pk": s.meeting.pk}]
            return []

        return of

    def singles(self) -> None:
        """Each item's own page is there for who may have it, and 404 (or refused) for everybody else."""
        for key, client in self.clients.items():
            for name, ground in channels.SINGLE.items():
                canaries = getattr(self.sea, ground)
                allowed = self.sea.allowed(canaries, self.sea.reader(key))
                for one in canaries[:: self.every]:
                    answer = ask(client, "GET", reverse(name, kwargs={"pk": one.row.pk}))
                    is_whole = answer.status_code != 403 and isinstance(one.row, (BoardNote, AgendaPoint))
                    whole = {one.word} if is_whole else None
                    self.judge(f"{name} {key}", words_in(answer), allowed & {one.word}, whole=whole)

    def walls(self) -> None:
        """All in the room, and whoever opened it (M6)."""
        room = [
            self.sea.reader(key)
            for key, row in self.sea.attendance.items()
            if row.presence in (Presence.PRESENT, Presence.PARTLY, Presence.INVITED)
        ]
        for who in room:
            who.was_at = {self.sea.meeting.pk}
        for key, client in self.clients.items():
            allowed = {
                one.word
                for one in self.sea.board
                if not one.item.kept_from and one.word in self.sea.allowed([one], *room, self.sea.reader(key))
            }
            for name in channels.WALL:
                extra = {"stamp": "intet"} if name == "meetings:wall_state" else {}
                answer = ask(client, "GET", reverse(name, kwargs={"pk": self.sea.meeting.pk, **extra}))
                assert answer.status_code in (200, 286)
                self.judge(f"{name} {key}", words_in(answer), allowed, whole=allowed)

    def papers(self) -> None:
        """The frozen copies as they lie, whoever may fetch them; and Tavlen for each of the invited, by the tovholder."""
        plan = {one.word for one in self.sea.plan}
        copies = {copy.recipient: copy for copy in PlanCopy.objects.filter(version=self.sea.version)}
        grown = {f"p:{self.sea.people[name].pk}" for name in ("mor", "far", "sted", "teen")}
        assert set(copies) == {one.recipient for one in self.sea.staff} | grown
        for key, copy in copies.items():
            reader = self.sea.reader(key)
            got = canaries(text_of(copy.file))
            self.judge(f"copy {key}", got, self.sea.allowed(self.sea.plan, reader), whole=plan)
        lead, handing = self.clients[self.sea.staff[0].recipient], self.sea.reader(self.sea.staff[0].recipient)
        board = {one.word for one in self.sea.board}
        agenda = {one.word for one in self.sea.agenda}
        for key, row in self.sea.attendance.items():
            url = reverse("meetings:board_pdf", kwargs={"pk": self.sea.meeting.pk, "attendance": row.pk})
            answer = ask(lead, "GET", url)
            assert answer.status_code == 200
            hands = self.sea.hands(key)
            allowed = self.sea.allowed(self.sea.board, *hands, handing)
            self.judge(f"board_pdf {key}", words_in(answer), allowed, whole=board)
            url = reverse("meetings:agenda_for_pdf", kwargs={"pk": self.sea.meeting.pk, "attendance": row.pk})
            answer = ask(lead, "GET", url)
            assert answer.status_code == 200
            allowed = self.sea.allowed([*self.sea.agenda, *self.sea.sentences], *hands, handing)
            self.judge(f"agenda_for_pdf {key}", words_in(answer), allowed, whole=agenda)

    def refused(self) -> None:
        """Error pages and writes: what is sent to an item that is not one's own gives nothing back."""
        for key, client in self.clients.items():
            acts = [(one, name) for one in self.sea.board for name in ("note", "note_move", "note_remove", "note_mark")]
            acts += [(one, name) for one in self.sea.agenda for name in ("point", "point_move", "point_remove")]
            for one, name in acts[:: self.every * 2 + 1]:
                for headers in ({}, {"HX-Request": "true"}):
                    url = reverse(f"meetings:{name}", kwargs={"pk": one.row.pk})
                    got = words_in(ask(client, "POST", url, {"row_version": 99, "text": ""}, **headers))
                    self.judge(f"{name} {key}", got, self.all(key))

    def left_behind(self, caplog) -> None:
        """Rows, sessions, file names and the server's log hold no word at all."""
        for app, name in channels.ROWS:
            for row in apps.get_model(app, name).objects.all():
                told = repr(row.get_decoded()) if isinstance(row, Session) else repr(vars(row))
                self.judge(name, canaries(told), set())
        names = " ".join(f"{one.filename} {one.title}" for one in FrozenFile.objects.all())
        self.judge("file names", canaries(names), set())
        self.judge("server log", canaries(caplog.text), set())


def text_of(file: FrozenFile) -> str:
    return words_of(file.content)


def scan(caplog, generation: int, *, every: int = 1) -> Scan:
    found = sea.build(generation)
    one = Scan(found, every=every)
    one.walls()
    plan_actions.finish(by=found.lead, version=found.version)
    for canary in found.plan:
        canary.row.refresh_from_db()
    one.papers()
    one.pages()
    one.singles()
    one.refused()
    one.left_behind(caplog)
    return one


@pytest.fixture
def papers_are_words(monkeypatch):
    monkeypatch.setattr("documents.pdf._write", lambda html, code: WORDS + html.encode())


def verdict(one: Scan) -> None:
    assert not one.leaks, f"{len(one.leaks)} leaks: {one.leaks[:12]}"
    assert not one.hidden, f"{len(one.hidden)} wrongly hidden: {one.hidden[:12]}"


def test_C5_M6_M8_delivered_is_consented_in_every_channel(caplog, papers_are_words):
    """6 persons × 8 topics × 9 recipients, a sixth of all states in each cell; the slow run turns them all."""
    one = scan(caplog, 0, every=9)
    verdict(one)
    assert one.asked > 300


@pytest.mark.slow
@pytest.mark.parametrize("generation", range(6))
def test_C5_every_state_of_every_cell_in_every_channel(caplog, generation):
    """The whole of it, with the papers as real PDFs."""
    verdict(scan(caplog, generation))


def test_C7_a_withdrawal_is_felt_by_the_next_request_in_every_channel(caplog, papers_are_words):
    """Everybody withdraws everything: what was open a moment ago is closed, and the copies are shut."""
    from consent import actions
    from tests.consent.oracle import Said

    found = sea.build(1)
    plan_actions.finish(by=found.lead, version=found.version)
    for person in found.people.values():
        actions.withdraw(by=found.lead, forloeb=found.forloeb, person=person, receipt=False)
        found.world.said.append(Said("withdraw", person.pk, None, None))
    one = Scan(found, every=20)
    one.walls()
    for name in channels.WHOLE:
        channels_now = [(route, url) for route, url in one.addresses(found.staff[1].recipient) if route == name]
        for route, url in channels_now:
            client = one.clients[found.staff[1].recipient]
            one.judge(route, words_in(ask(client, "GET", url)), one.all(found.staff[1].recipient))
    one.singles()
    verdict(one)
