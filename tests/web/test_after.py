"""What is done when the answer has been sent."""

import logging

from web.after import after


class Answer:
    closed = False

    def close(self) -> None:
        self.closed = True


def test_it_is_done_when_the_answer_is_closed_and_once():
    done: list[bool] = []
    response = Answer()
    after(response, lambda: done.append(response.closed))
    assert done == []
    response.close()
    assert done == [False]
    assert response.closed


def test_when_it_fails_the_error_is_logged_and_the_answer_closed(caplog):
    response = Answer()

    def fail() -> None:
        raise ValueError("gik galt")

    after(response, fail)
    with caplog.at_level(logging.ERROR, "web.after"):
        response.close()
    assert "gik galt" in caplog.text
    assert response.closed
