"""Scenarios: a family's way through the app, told in a file, played through the same actions as the pages.

`script` reads and validates a file, `player` plays its steps, `musts` says what must then be true. The demo and
`manage.py gennemspil` share them. docs/scenarios.md describes the format.
"""
