# A stand-in for `nginx:perl`, which on Docker Hub too is `nginx` and one layer more: the module that runs Perl.
ARG BASE=nginx
FROM ${BASE}

RUN set -eu; \
    apt-get update; \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libnginx-mod-http-perl; \
    apt-get clean; rm -rf /var/lib/apt/lists/*
