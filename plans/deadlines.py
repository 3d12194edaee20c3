"""How long what follows a meeting may take, for Min dag and the overview alike."""

WRITE_DAYS = 7  # from a held meeting to its finished Én Plan (P2)
JOURNAL_DAYS = 7  # from a finished version until it lies in the systems of record (P7)
