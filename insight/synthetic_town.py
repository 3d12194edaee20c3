"""The invented municipality: departments, employees and texts that the synthetic forløb stand on."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time

from cases.collaboration import models as collaboration_models
from consent.models import ConsentText, Guidance, GuidanceRead, Topic
from insight.synthetic_rows import new_id
from insight.synthetic_words import FIRST, LAST
from organisation.models import Department, Employment, User
from web.dates import at

BATCH = 500
# So many forløb has a tovholder, and so many share another colleague.
PER_LEADER, PER_OTHER = 20, 10


@dataclass(frozen=True, slots=True)
class Ground:
    """What every forløb needs to know of the municipality; loaded once."""

    leaders: list[Employment]
    others: list[Employment]
    topics: list[Topic]
    text: ConsentText
    model_key: str
    board: str
    columns: list[str]


def moment(day: date, hour: int) -> datetime:
    return at(day, time(hour))


def make_ground(number: int, today: date, chance: random.Random) -> Ground:
    text = ConsentText.objects.current(today)
    departments = list(Department.objects.filter(is_active=True, area__can_send=True).by_area())
    if text is None or not any(one.may_drive for one in departments):
        raise ValueError("Kommunens opsætning mangler. Læs den ind først.")
    drives = [one for one in departments if one.may_drive]
    model = next(iter(collaboration_models().values()))
    board = model.boards[0]
    leaders = _staff(drives, max(2, number // PER_LEADER), "socialrådgiver", chance)
    others = _staff(departments, max(len(departments), number // PER_OTHER), "fagperson", chance)
    _guidance_read([*leaders, *others])
    return Ground(
        leaders, others, list(Topic.objects.in_use()), text, model.key, board.key, [one.key for one in board.columns]
    )


def _staff(departments: list[Department], number: int, title: str, chance: random.Random) -> list[Employment]:
    """New colleagues, spread evenly. Nobody can sign in with a password."""
    begin = User.objects.count()
    users, jobs = [], []
    for place in range(number):
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
        phone = f"09 31 {chance.randrange(100):02} {chance.randrange(100):02}"
        user = User(id=new_id(chance), username=f"syntetisk{begin + place}", name=name, phone=phone)
        user.set_unusable_password()
        users.append(user)
        department = departments[place % len(departments)]
        jobs.append(
            Employment(id=new_id(chance), user=user, department=department, title=title, from_date=date(2020, 1, 1))
        )
    User.objects.bulk_create(users, batch_size=BATCH)
    Employment.objects.bulk_create(jobs, batch_size=BATCH)
    return jobs


def _guidance_read(employed: list[Employment]) -> None:
    guidance = Guidance.objects.order_by("-number").first()
    if guidance:
        GuidanceRead.objects.bulk_create(
            [GuidanceRead(user=one.user, guidance=guidance) for one in employed], batch_size=BATCH
        )
