# The command apiscribe with its server: docker run --rm --volume "$PWD:/work" apiscribe lint docs
FROM python:3.12-slim AS wheels
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY generator generator
COPY runtime runtime
COPY templates templates
RUN pip wheel --no-cache-dir --wheel-dir /wheels './runtime[server]' '.[serve]'

FROM python:3.12-slim
# Only wheels of the stage above can be installed.
# hadolint ignore=DL3013
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels 'apiscribe[serve]' \
    && useradd --uid 1000 --create-home scribe
USER 1000
WORKDIR /work
ENV PYTHONUNBUFFERED=1
EXPOSE 50051 8080
ENTRYPOINT ["apiscribe"]
CMD ["--help"]
