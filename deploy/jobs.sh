#!/bin/sh
# The job runner: once a day, at the start and then every 24 hours. A run that failed says so and is tried again the next day.
set -u
while :; do
  python manage.py opgaver || echo "opgaver failed: see the lines above" >&2
  sleep 86400 &
  wait $!
done
