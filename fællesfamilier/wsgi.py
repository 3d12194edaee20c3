"""The door the web server (gunicorn) knocks on. It does not open while one of the municipality's own files has a fault."""

import os
import sys

from django.core.checks import run_checks
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fællesfamilier.settings")

application = get_wsgi_application()

# A web server runs no system checks; those of the files are asked here, for a fault would else be met page by page.
if faults := run_checks(tags=["files"]):
    sys.exit("\n".join(str(fault.msg) for fault in faults))
