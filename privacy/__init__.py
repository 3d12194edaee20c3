"""What the family may ask for, and what must be deleted: field classes, retention, Indsigt, and the log read aloud."""
