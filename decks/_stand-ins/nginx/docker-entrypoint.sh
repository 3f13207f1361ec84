#!/bin/sh
# Prepares the server, then becomes the command. Each script in /docker-entrypoint.d adjusts one thing.
set -e

if [ "$1" = nginx ]; then
    for script in /docker-entrypoint.d/*.sh; do
        [ -x "$script" ] || continue
        echo "$0: launching $script"
        "$script"
    done
    echo "$0: configuration complete, ready for start up"
fi
exec "$@"
