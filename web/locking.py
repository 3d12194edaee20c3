"""Optimistic locking: every editable form carries the row's version, a stale save is told and loses nothing."""

from typing import Any, TypeVar

from django.db import models

from web.errors import Stale

ModelT = TypeVar("ModelT", bound="Versioned")


class Versioned(models.Model):
    """A row that counts its saves in `row_version`; forms send the number they were made from."""

    row_version = models.PositiveIntegerField("rækkeversion", default=1, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            self.row_version += 1
            update_fields = kwargs.get("update_fields")
            if update_fields is not None:
                kwargs["update_fields"] = {*update_fields, "row_version"}
        super().save(*args, **kwargs)


def take(rows: models.QuerySet[ModelT], pk: Any, row_version: int | None) -> ModelT:
    """Lock one row for writing and compare the version the user saw.

    In: a queryset already limited to what the user may see, the key, and the version from the form (None = the act
    does not depend on what was read). Out: the locked row. Raises: the model's DoesNotExist; `Stale` with the
    current row when somebody saved in between.
    """
    row = rows.select_for_update(of=("self",)).get(pk=pk)
    if row_version is not None and row.row_version != row_version:
        raise Stale(row)
    return row
