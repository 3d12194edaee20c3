"""Who was given what (access log), what happened (events), and that a form acts once (once-keys)."""
