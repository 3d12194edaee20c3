"""The front page of a version: names, roles and the meeting as they stand that day, kept as JSON (P2, P5)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from cases import collaboration
from cases.models import UNNAMED, FamilyMember, ForloebPerson, Participation
from cases.relations import relation_told
from consent.labels import Labels
from consent.sharing import Basis, Reader, may_know_of
from consent.unmarked import may_read, names_only_known
from meetings.models import Attendance, Meeting, MeetingRole, RoleKind
from organisation.models import in_danish
from plans.models import PlanItem, PlanVersion
from web.danish import listed

Page = dict[str, Any]


def compose(version: PlanVersion, items: Sequence[PlanItem]) -> Page:
    """Everything a reader's front page may be cut from. Six queries; names and texts as they are now."""
    forloeb, meeting = version.plan.forloeb, version.meeting
    participants = list(
        Participation.objects.open()
        .filter(forloeb=forloeb)
        .select_related("user", "department", "external")
        .order_by(in_danish("user__name"), in_danish("external_name"))
    )
    tovholder = next((one for one in participants if one.role == "tovholder"), None)
    following = Meeting.objects.planned().filter(forloeb=forloeb, starts_at__gt=meeting.starts_at).in_order().first()
    return {
        "family": forloeb.family.name,
        "forloeb": forloeb.number,
        "model": collaboration.model_for(forloeb).name,
        "meeting": _meeting(meeting),
        "next_meeting": _meeting(following) if following else None,
        "tovholder": {"name": tovholder.name, "home": tovholder.home, "phone": tovholder.phone} if tovholder else None,
        "members": _members(version),
        **_present(meeting),
        "voices": {
            str(item.pk): {"text": item.from_note.text, "who": item.from_note.said_by.first_name}
            for item in items
            if item.from_note and item.from_note.said_by and item.from_note.text.strip() != item.text.strip()
        },
        "words_of": {str(item.pk): item.said_by.first_name for item in items if item.said_by},
    }


def _meeting(meeting: Meeting) -> dict[str, Any]:
    return {
        "number": meeting.number,
        "place": meeting.place,
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
    }


def _members(version: PlanVersion) -> list[dict[str, Any]]:
    forloeb = version.plan.forloeb
    relations = {
        member.person_id: member.relation or member.get_kind_display()
        for member in FamilyMember.objects.filter(family=forloeb.family_id)
    }
    rows = (
        ForloebPerson.objects.filter(forloeb=forloeb, to_date__isnull=True)
        .select_related("person")
        .order_by(in_danish("person__first_name"), "person_id")
    )
    today = timezone.localdate()
    return [
        {
            "id": str(row.person_id),
            "name": row.person.name,
            "first_name": row.person.first_name,
            "relation": relations.get(row.person_id, ""),
            "age": row.person.age_on(today),
        }
        for row in rows
    ]


def _present(meeting: Meeting) -> dict[str, Any]:
    """Who was registered present, with the roles they had (M3, M10)."""
    roles: dict[UUID, list[str]] = {}
    for role in MeetingRole.objects.filter(meeting=meeting):
        roles.setdefault(role.participation_id, []).append(RoleKind(role.role).label)
    rows = (
        Attendance.objects.present()
        .filter(meeting=meeting)
        .select_related("person", "participation__user", "participation__department", "participation__external")
    )
    staff, family = [], []
    for row in rows.order_by(in_danish("participation__user__name"), in_danish("person__first_name")):
        if row.person:
            family.append({"id": str(row.person_id), "first_name": row.person.first_name, "note": row.note})
        elif row.participation:
            one = row.participation
            staff.append(
                {
                    "name": one.name,
                    "title": one.title or one.get_role_display(),
                    "home": one.home,
                    "is_external": one.user_id is None,
                    "roles": roles.get(one.pk, []),
                }
            )
    return {"staff": staff, "family_present": family}


def dumped(page: Page) -> str:
    return json.dumps(page, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Front:
    """The front page as one reader may have it: only persons whom the reader may know of (C5)."""

    page: Page
    members: list[dict[str, Any]]
    family_present: list[dict[str, Any]]
    staff: list[dict[str, Any]]

    @property
    def first_names(self) -> str:
        return listed(member["first_name"] for member in self.members)

    @property
    def meeting_at(self) -> datetime:
        return timezone.localtime(datetime.fromisoformat(self.page["meeting"]["starts_at"]))

    @property
    def next_at(self) -> datetime | None:
        following = self.page["next_meeting"]
        return timezone.localtime(datetime.fromisoformat(following["starts_at"])) if following else None

    @property
    def next_until(self) -> datetime | None:
        following = self.page["next_meeting"]
        return timezone.localtime(datetime.fromisoformat(following["ends_at"])) if following else None


def for_reader(page: Page, reader: Reader, basis: Basis) -> Front:
    """Cut the page for one reader. A function, an external's name and a note about who came are sentences too: what they
    name or tell (C5)."""
    labels = Labels([reader], basis)
    members = [member for member in page["members"] if may_know_of(reader, UUID(member["id"]), basis)]
    known, names = {member["id"] for member in members}, [member["name"] for member in members]
    return Front(
        page,
        [member | {"relation": relation_told(member["relation"], names)} for member in members],
        [
            one if may_read(reader, one["note"], basis) else one | {"note": ""}
            for one in page["family_present"]
            if one["id"] in known
        ],
        [_of_staff(one, reader, labels) for one in page["staff"]],
    )


def _of_staff(one: dict[str, Any], reader: Reader, labels: Labels) -> dict[str, Any]:
    title = one["title"] if names_only_known(reader, one["title"], labels.basis) else ""
    # A page from before it was kept does not say who is external: then every name is looked at.
    is_named = not one.get("is_external", True) or labels.may_have_name(one["name"])
    return one | {"title": title, "name": one["name"] if is_named else UNNAMED}


def of(version: PlanVersion) -> Page:
    """The frozen page of a finished version."""
    return json.loads(version.front_page)  # type: ignore[no-any-return]
