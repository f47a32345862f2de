# The image of the service: pages and packages are made in stages of their own, and no tool that makes them comes along.
# docs/operations.md says how to use it; decision 26 what was tried of it, and where.

FROM node:24.19.0-bookworm-slim AS graphiql
WORKDIR /build
COPY server/graphiql/package.json server/graphiql/package-lock.json server/graphiql/.npmrc ./
RUN npm ci
COPY server/graphiql/ ./
RUN npm run build

FROM python:3.11.14-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv .venv
# First what it stands on, which changes rarely; then itself, in place, as everywhere else.
COPY pyproject.toml constraints.txt ./
RUN .venv/bin/pip install --constraint constraints.txt --editable .
COPY models/ models/
COPY pubsub/ pubsub/
COPY resolvers/ resolvers/
COPY schema/ schema/
COPY server/ server/
COPY --from=graphiql /build/dist/ server/graphiql/dist/
RUN .venv/bin/pip install --no-deps --editable . \
    && .venv/bin/python -m compileall -q models pubsub resolvers schema server \
    && .venv/bin/pip uninstall --yes pip setuptools

FROM python:3.11.14-slim-bookworm
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MENTORSHIP_HOST=0.0.0.0 \
    MENTORSHIP_PORT=8000
# It may read its files and not write them: what it has to say goes to PostgreSQL and to standard error.
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin mentorship
WORKDIR /app
COPY --from=packages /app/ /app/
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['MENTORSHIP_PORT'] + '/readyz', timeout=4)"]
CMD ["mentorship", "serve"]
