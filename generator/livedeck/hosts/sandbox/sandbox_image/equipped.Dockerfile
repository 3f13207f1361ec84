# Debian with all that every sandbox has beside Docker. Built by generator/livedeck/hosts/sandbox/image.py on livedeck/base:<suite>.
ARG BASE=debian:sid-slim
FROM ${BASE}

# First, so that whatever an interrupted build leaves behind can be recognised and removed.
LABEL livedeck=equipped

# Docker Hub's slim Debian keeps manual pages out of packages, so those of its own are taken from their archives. newgrp is
# in login up to Debian 13, in util-linux-extra since.
#
# An archive whose Release file has expired (a frozen mirror) is used all the same, and said aloud; signatures are still
# checked.
RUN set -eu; \
    if ! apt-get update --error-on=any; then \
        echo 'livedeck: expired'; \
        echo 'Acquire::Check-Valid-Until "false";' > /etc/apt/apt.conf.d/90livedeck; \
        apt-get update --error-on=any; \
    fi; \
    export DEBIAN_FRONTEND=noninteractive; \
    if slim=$(grep -ls '^path-exclude.*/usr/share/man' /etc/dpkg/dpkg.cfg.d/*); then \
        sed -i '/share\/man/d' ${slim}; \
        mkdir /tmp/archives; cd /tmp/archives; \
        apt-get download $(dpkg-query -W -f '${Package} '); \
        for archive in *.deb; do dpkg-deb --extract ${archive} all; done; \
        cp -r all/usr/share/man /usr/share; \
        cd /; rm -r /tmp/archives; \
    fi; \
    apt-get install -y --no-install-recommends \
        iptables tini docker-registry busybox-static gpg \
        sudo ca-certificates curl less procps iproute2 iputils-ping vim-tiny apt-utils dialog \
        login util-linux-extra man-db nano; \
    apt-get clean; rm -rf /var/lib/apt/lists/*
