"""Two who write the log at once make one chain, on both databases."""

import threading

import pytest
from django.db import connection, transaction

from audit import checking, log
from audit.models import AccessLog


@pytest.mark.django_db(transaction=True)
def test_C13_writers_at_once_make_one_chain():
    writers, each = 4, 5
    failures: list[Exception] = []

    def write() -> None:
        try:
            for _ in range(each):
                with transaction.atomic():
                    log.delivered(by=None, kind="x", channel="page")
        except Exception as failure:  # noqa: BLE001 - a thread hands its failure to the test
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert list(AccessLog.objects.values_list("seq", flat=True)) == list(range(1, writers * each + 1))
    assert list(checking.faults()) == []
