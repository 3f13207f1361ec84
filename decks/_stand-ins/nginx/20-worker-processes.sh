#!/bin/sh
# One worker for each processor the container may use, when NGINX_WORKER_PROCESSES_AUTOTUNE is set.
set -e
[ -n "$NGINX_WORKER_PROCESSES_AUTOTUNE" ] || exit 0
sed -i "s/^worker_processes .*/worker_processes $(nproc);/" /etc/nginx/nginx.conf
echo "$0: $(nproc) worker processes"
