"""Which fields Indsigt shows, in their order. A field of a family's row that stands neither here nor in `left_out` of
fields.toml makes a test fail (docs/rules.md)."""

# Labels where the field itself has none, or one that reads wrong on a paper to the person.
LABELS = {
    "child": "Barn",
    "holder": "Har forældremyndighed",
    "is_focus": "Forløbet handler især om dig",
    "department": "Afdeling",
    "text": "Ordlyd",
    "at": "Hvornår",
    "said_by": "Sagt af",
}

SHOWN: dict[str, tuple[str, ...]] = {
    "cases.Person": (
        "first_name", "last_name", "cpr", "birth_date", "phone", "email", "address", "protected_address", "protected_name",
        "interpreter", "accessibility",
    ),
    "cases.FamilyMember": ("kind", "relation"),
    "cases.Household": ("label",),
    "cases.Residence": ("from_date", "to_date", "is_placement"),
    "cases.Custody": ("child", "holder", "from_date", "to_date"),
    "cases.DepartmentCase": ("department", "case_number", "from_date", "to_date"),
    "cases.Forloeb": (
        "number", "model_key", "state", "need", "activated_on", "paused_on", "ended_on", "end_reason", "end_text",
        "created_at",
    ),
    "cases.ForloebPerson": ("is_focus", "from_date", "to_date"),
    "cases.Participation": (
        "user", "external_name", "title", "department", "external", "role", "from_date", "to_date",
    ),
    "cases.HandOver": ("on", "reason"),
    "cases.Henvendelse": (
        "sender", "sender_department", "to_department", "sent_at", "family_text", "need", "family_knows", "state",
        "answered_at", "answer",
    ),
    "consent.Declaration": (
        "text", "way", "informed_by", "informed_on", "oral_note", "leaflet_given_on", "expires_on", "sequence",
    ),
    "consent.Signature": ("signer", "signed_on"),
    "consent.Consent": ("department", "external", "adult", "topic", "answer", "withdrawn_at"),
    "consent.Withdrawal": ("told_by", "way", "told_on", "at"),
    "consent.WithdrawalNotice": ("department", "external", "told_on"),
    "consent.NetworkContact": (
        "name", "relation", "phone", "about", "topic", "topics", "note", "contributed_by", "said_by", "said_on", "ended_on",
    ),
    "consent.Exchange": (
        "what", "about", "topic", "contributed_by", "by", "with_participation", "with_name", "on", "told_on", "told_way",
    ),
    "consent.ClueWord": ("kind", "word"),
    "meetings.Meeting": (
        "number", "state", "starts_at", "ends_at", "place", "held_on", "purpose", "interpreter", "cancelled_reason",
    ),
    "meetings.Attendance": ("presence", "note"),
    "meetings.AgendaPoint": ("text", "raised_by_person", "about", "topic", "contributed_by"),
    "meetings.BoardNote": ("column", "text", "about", "topic", "said_by", "contributed_by", "created_at"),
    "meetings.ScalingAnswer": ("start", "end"),
    "meetings.SmileyRating": ("value", "words", "may_be_named", "at"),
    "plans.PlanVersion": ("number", "state", "correction", "finished_at"),
    "plans.PlanItem": (
        "kind", "text", "about", "topic", "said_by", "contributed_by", "responsible_label", "due_on", "outcome",
        "outcome_note",
    ),
    "plans.FollowUp": ("state", "note", "at"),
    "plans.PlanCopy": ("recipient_label", "made_at"),
    "plans.Distribution": ("way", "on"),
    "plans.JournalEntry": ("department", "system", "document_number", "journalised_on"),
    "plans.JournalTakenBack": ("document_number", "journalised_on", "reason", "at"),
}  # fmt: skip
