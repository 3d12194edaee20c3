"""Is the app well? /sundhed/ on the inside, as if the proxy had asked. For docker-compose.yml."""

import os
import sys
import urllib.error
import urllib.request

request = urllib.request.Request(
    "http://127.0.0.1:8000/sundhed/",
    headers={"Host": os.environ["ALLOWED_HOSTS"].split(",")[0], "X-Forwarded-Proto": "https"},
)
try:
    urllib.request.urlopen(request, timeout=10)  # noqa: S310
except urllib.error.HTTPError as error:
    sys.exit(error.read().decode())
