"""The forms of a start, one for each step."""

from typing import Any

from django import forms

from cases import collaboration
from cases.forms.fields import DepartmentChoice
from organisation.models import Department, User
from web.forms import CprField, FFForm, LongTextField, no_cpr

ANSWERS = [("ja", "Ja"), ("nej", "Nej")]


class StartCheckForm(FFForm):
    """The models' questions (F3). The keys are the questions' own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.questions = collaboration.questions()
        # On the instance: the municipality's questions are known when the form is made, not when the class is.
        self.base_fields = {row.key: self._field(row) for row in self.questions}  # type: ignore[misc]
        super().__init__(*args, **kwargs)

    @staticmethod
    def _field(question: collaboration.Question) -> forms.ChoiceField:
        return forms.ChoiceField(
            label=question.question,
            help_text=question.hint,
            choices=ANSWERS,
            widget=forms.RadioSelect,
            error_messages=dict.fromkeys(("required", "invalid_choice"), f"Svar ja eller nej: {question.question}"),
        )

    @property
    def stops(self) -> list[str]:
        """The keys that were answered with a yes."""
        return [row.key for row in self.questions if self.is_bound and self.data.get(row.key) == "ja"]

    def rows(self) -> list[tuple[Any, Any, bool]]:
        """(question, field, stopped), in the model's order."""
        return [(row, self[row.key], row.key in self.stops) for row in self.questions]


class FamilyStepForm(FFForm):
    family_name = forms.CharField(
        label="Hvad kalder I familien?",
        max_length=120,
        help_text="Fx »Antons familie«. Det står øverst på alle sider. Skriv ikke CPR-numre.",
        validators=[no_cpr],
        error_messages={"required": "Skriv, hvad I kalder familien, fx »Antons familie«."},
    )


class SearchForm(FFForm):
    """Search before create (F9): by CPR number, or by the whole name."""

    name = forms.CharField(label="Fulde navn", max_length=240, required=False)
    cpr = CprField(label="CPR-nummer", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("cpr") and not data.get("name"):
            self.add_error("cpr", "Skriv et CPR-nummer eller et fuldt navn.")
        return data


class NeedStepForm(FFForm):
    need = LongTextField(
        validators=[no_cpr],
        label="Hvad skal koordineres?",
        help_text="Skriv det, der kræver, at flere afdelinger taler sammen. Intet er for småt.",
        error_messages={"required": "Skriv, hvad der skal koordineres. Intet er for småt."},
    )
    situations = forms.MultipleChoiceField(
        label="Ligner det noget af det her?", required=False, widget=forms.CheckboxSelectMultiple
    )
    model_and_board = forms.ChoiceField(
        label="Samarbejdsmodel og tavle",
        help_text="Tavlen kan vælges om, når et møde planlægges.",
        widget=forms.RadioSelect,
        error_messages={"required": "Vælg, hvordan I vil samarbejde."},
    )
    department = DepartmentChoice(
        label="Du er tovholder fra",
        queryset=Department.objects.none(),
        empty_label=None,
        error_messages={"required": "Vælg den afdeling, som du er tovholder fra."},
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = collaboration.models()
        self.fields["situations"].choices = _situations()  # type: ignore[attr-defined]
        boards = [
            (f"{model.key}:{board.key}", _board_name(model, board))
            for model in found.values()
            for board in model.boards
        ]
        self.fields["model_and_board"].choices = boards  # type: ignore[attr-defined]
        self.fields["model_and_board"].initial = boards[0][0]
        homes = Department.objects.of(by).may_drive().by_name()
        home = self.fields["department"]
        home.queryset = homes  # type: ignore[attr-defined]
        if len(found_homes := list(homes[:2])) == 1:
            home.initial = found_homes[0].pk
            home.widget = forms.HiddenInput()


def _situations() -> list[tuple[str, Any]]:
    """The first model's examples, then those that only another model has, under its name."""
    groups: list[tuple[str, Any]] = []
    told: set[str] = set()
    for model in collaboration.models().values():
        new = [(row.key, row.text) for row in model.situations if row.key not in told]
        told |= {key for key, _ in new}
        groups += ([(model.name, new)] if groups else new) if new else []
    return groups


def _board_name(model: Any, board: Any) -> str:
    columns = " · ".join(column.title for column in board.columns)
    name = model.name if board.name == model.name else f"{model.name}, tavle efter {board.name}"
    return f"{name} ({columns})"
