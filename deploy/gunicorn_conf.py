"""The web server, the same for the demo (`./run`) and for production (Dockerfile). Its place behind a buffering proxy."""

import os
import sys
from typing import Any


def number(name: str, default: str) -> int:
    text = os.environ.get(name, default).strip()
    if not text.isdecimal() or int(text) < 1:
        sys.exit(
            f"Fælles Familier kan ikke starte: {name} skal være et helt tal, mindst 1. (Cannot start: see {name}.)"
        )
    return int(text)


bind = os.environ.get("FF_LISTEN", "127.0.0.1:8000")
workers = number("FF_WORKERS", "2")
worker_class = "gthread"
threads = number("FF_THREADS", "4")
timeout = 60
graceful_timeout = 20
keepalive = 5
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  (a heartbeat, no data)
loglevel = os.environ.get("FF_LOG_LEVEL", "warning")


def when_ready(server: Any) -> None:
    """Say it when the address answers, not before."""
    if text := os.environ.get("FF_READY_TEXT"):
        print(text, flush=True)  # noqa: T201
