"""What the app watches in every model, whatever its file says: the file may only put it in words of its own."""

from dataclasses import dataclass, replace

from cases.collaboration.shape import CollaborationModel

BEFORE, MEETING, AFTER, END = "Før start", "Til mødet", "Efter mødet", "Ved afslutning"


@dataclass(frozen=True, slots=True)
class Watched:
    """stops: nothing goes on before it holds; else the app only reminds."""

    when: str
    text: str
    stops: bool = True


# In the order of a forløb. Each is carried out where it belongs: the readiness of cases, consent and meetings, what is
# asked before the consents and the board are opened, who can hold a role, and what counts as held.
WATCHED: dict[str, Watched] = {
    "two_departments": Watched(BEFORE, "Mindst to forskellige afdelinger er med."),
    "consent": Watched(BEFORE, "Der er samtykke, før afdelingerne taler sammen."),
    "guidance_read": Watched(MEETING, "Alle har læst vejledningen om samtykke."),
    "board_by_authority": Watched(MEETING, "Den, der skriver på tavlen, er fra en myndighed."),
    "management_present": Watched(
        MEETING, "Når et område med ledelseskrav er med, er en fra ledelsen med.", stops=False
    ),
    "next_meeting": Watched(AFTER, "Et møde står aldrig alene: Næste møde er aftalt.", stops=False),
    "two_held_meetings": Watched(END, "Forløbet er gennemført efter mindst to holdte møder."),
}


def watched(model: CollaborationModel) -> list[Watched]:
    """All of it, in the model's words where it has some."""
    own = {check.key: check.text for check in model.checks}
    return [replace(one, text=own.get(key, one.text)) for key, one in WATCHED.items()]
