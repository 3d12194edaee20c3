"""What the proxy keeps and says of its own, where the app is not asked."""

import re

from django.conf import settings

from documents.uploads import MAX_BYTES

CONF = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text(encoding="utf-8")


def test_C12_no_log_of_the_proxy_has_room_for_an_address_with_its_query() -> None:
    """nginx writes the whole request line and the Referer with every error of a request, whatever the format."""
    assert re.findall(r"^\s*error_log \S+ (\w+);", CONF, re.MULTILINE) == ["emerg"]
    (log_format,) = re.findall(r"log_format quiet '([^']+)';", CONF)
    kept = {
        "$time_iso8601",
        "$status",
        "$upstream_status",
        "$request_method",
        "$kept_uri",
        "$body_bytes_sent",
        "$request_time",
    }
    assert set(log_format.split()) == kept
    assert set(re.findall(r"access_log \S+ (\w+);", CONF)) == {"quiet"}


def test_what_is_too_large_for_the_proxy_is_told_in_danish_with_the_apps_own_limit() -> None:
    (let_through,) = re.findall(r"client_max_body_size (\d+)m;", CONF)
    assert int(let_through) * 1024 * 1024 > MAX_BYTES, "the app says it itself, at its field"
    assert f"En fil må højst fylde {MAX_BYTES // 1024 // 1024} MB." in CONF
    assert re.findall(r"error_page ([\d ]+) @\w+;", CONF) == ["413", "500 502 503 504"]
