# The production image: the app alone, as an ordinary user. docker-compose.yml gives it a database and a proxy.

FROM node:20-slim AS front-end
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim-bookworm
ENV PYTHONUTF8=1 UV_COMPILE_BYTECODE=1 PYTHONUNBUFFERED=1 PATH=/opt/venv/bin:$PATH
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fonts-dejavu-core fonts-symbola libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 postgresql-client \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements-uv.txt requirements.txt ./
RUN python -m venv /opt/venv \
    && pip install --no-cache-dir --require-hashes -r requirements-uv.txt \
    && uv pip install --no-cache --require-hashes -r requirements.txt \
    && uv pip uninstall uv
COPY . .
COPY --from=front-end /app/node_modules ./node_modules
# DEMO for this one step: keys are made for it and thrown away, as none may lie in an image.
RUN python -m fællesfamilier.frontend && rm -rf node_modules \
    && FF_DATA=/tmp/build DEMO=1 python manage.py collectstatic --noinput \
    && rm -rf /tmp/build \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin app \
    && install -d -o app -g app -m 700 /data /backups
# The list of fonts is looked up once and kept there, not at every paper.
ENV FF_DATA=/data FF_LISTEN=0.0.0.0:8000 FF_LOG_LEVEL=info XDG_CACHE_HOME=/tmp/cache
USER app
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "-c", "deploy/gunicorn_conf.py", "fællesfamilier.wsgi"]
