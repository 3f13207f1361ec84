#!/bin/sh
# Listens on IPv6 as well where the kernel has it.
set -e
conf=/etc/nginx/conf.d/default.conf

if [ ! -e /proc/net/if_inet6 ]; then
    echo "$0: no IPv6 here"
elif [ -w "$conf" ] && ! grep -q 'listen \[::\]:80;' "$conf"; then
    sed -i 's/listen 80;/listen 80;\n    listen [::]:80;/' "$conf"
    echo "$0: listening on IPv6"
fi
