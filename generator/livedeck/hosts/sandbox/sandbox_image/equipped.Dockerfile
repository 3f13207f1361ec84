# Debian with all that every sandbox has beside Docker. Built by generator/livedeck/hosts/sandbox/image.py on livedeck/base:<suite>.
ARG BASE=debian:sid-slim
FROM ${BASE}

# First, so that whatever an interrupted build leaves behind can be recognised and removed.
LABEL livedeck=equipped

# An archive whose Release file has expired (a frozen mirror) is used all the same, and said aloud; signatures are still
# checked.
RUN set -eu; \
    if ! apt-get update --error-on=any; then \
        echo 'livedeck: expired'; \
        echo 'Acquire::Check-Valid-Until "false";' > /etc/apt/apt.conf.d/90livedeck; \
        apt-get update --error-on=any; \
    fi; \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        iptables tini docker-registry busybox-static gpg \
        sudo ca-certificates curl less procps iproute2 iputils-ping vim-tiny apt-utils dialog; \
    apt-get clean; rm -rf /var/lib/apt/lists/*
