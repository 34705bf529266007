# A small image that runs the README's first command:
#   docker build -t inphase . && docker run --rm -v "$PWD/demo:/home/inphase/app/demo" inphase
# With other words it is the command line: docker run --rm inphase inphase --help
FROM python:3.11-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 inphase
USER inphase
WORKDIR /home/inphase/app

# The demo's own steps, without what only development needs.
COPY --chown=inphase pyproject.toml constraints.txt hatch_build.py README.md LICENSE NOTICE Makefile ./
COPY --chown=inphase configs ./configs
COPY --chown=inphase src ./src
# On Linux, PyPI's torch brings CUDA, some gigabytes. --build-arg PIP_EXTRA_INDEX_URL=… with the index
# for CPUs that pytorch.org names makes the image smaller.
ARG PIP_EXTRA_INDEX_URL
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --constraint constraints.txt . \
    && touch .venv/.ready \
    && mkdir demo
ENV PATH="/home/inphase/app/.venv/bin:$PATH"

CMD ["make", "demo"]
