"""A browser of an employee, and what it posts from the sheet."""

from django.test import Client
from django.urls import reverse


def browser_of(user):
    client = Client()
    client.force_login(user)
    return client


def write(client, version, item, seen=None, **fields):
    """Post some of an item's fields as the sheet does."""
    data = {f"{name}-{item.pk}": value for name, value in fields.items()}
    key = "w" if {"outcome", "note"} & set(fields) else "v"
    data[f"{key}-{item.pk}"] = str(seen or item.row_version)
    return client.post(reverse("plans:edit", args=[version.pk]), data)
