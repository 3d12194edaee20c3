"""Freezing the receipt of a withdrawal (C7)."""

from django.utils import timezone

from consent import pdf
from consent.models import Withdrawal
from documents.actions import filename_for, freeze
from documents.pdf import PdfError
from organisation.models import User


def freeze_receipt(*, by: User, withdrawal: Withdrawal) -> bool:
    """Make and keep the receipt letter. False when this machine can make no PDF: the withdrawal holds all the same."""
    try:
        content = pdf.receipt(withdrawal).made()
    except PdfError:
        return False
    day = timezone.localdate(withdrawal.at)
    withdrawal.receipt = freeze(
        by=by,
        kind="kvittering",
        title="Kvittering for tilbagekaldelse",
        filename=filename_for("Kvittering for tilbagekaldelse", withdrawal.forloeb.number, day, 1),
        content=content,
        forloeb=withdrawal.forloeb,
    )
    withdrawal.save()
    return True
