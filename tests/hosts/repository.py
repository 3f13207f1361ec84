"""Docker from sources other than Debian, made of Debian's packages: an apt repository, and an archive of programs.

Both are made inside a container, which then serves the repository on the daemon's own network.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import docker
from livedeck.hosts.daemon import channel, daemon

SUITE = "sid"
MAKE = r"""
export DEBIAN_FRONTEND=noninteractive
cd /tmp
apt-get update >&2
apt-get install -y --no-install-recommends gpg-agent >&2
mkdir debs old new
(cd debs && apt-get download docker.io docker-cli containerd runc docker-buildx docker-compose >&2)
for deb in debs/*.deb; do dpkg-deb -R "$deb" "old/$(dpkg-deb -f "$deb" Package)"; done
version=5:$(sed -n 's/^Version: //p' old/docker.io/DEBIAN/control | sed 's/[+~-].*//')-1~debian.sid~sid

# Debian's package with the name and form of Docker's.
repack() { # OLD NEW DEPENDS
    mkdir -p "new/$2/DEBIAN"
    cp -a "old/$1/usr" "new/$2/"
    needed=$(sed -n 's/^Depends: //p' "old/$1/DEBIAN/control" | tr ',' '\n' |
        grep -vE '(containerd|runc|docker-cli|docker\.io|docker-buildx|tini|iptables)' | paste -sd, - | sed 's/^ *//')
    { echo "Package: $2"; echo "Version: $version"; echo "Architecture: $(dpkg --print-architecture)"
      echo "Maintainer: test"; echo "Description: test"; echo "Depends: $needed${needed:+${3:+, }}$3"; } \
        | sed '/^Depends: $/d' > "new/$2/DEBIAN/control"
}
repack docker.io docker-ce 'containerd.io, docker-ce-cli, iptables'
printf '#!/bin/sh\ngetent group docker > /dev/null || groupadd --system docker\n' > new/docker-ce/DEBIAN/postinst
chmod 755 new/docker-ce/DEBIAN/postinst
repack docker-cli docker-ce-cli ''
repack containerd containerd.io ''
cp -a old/runc/usr new/containerd.io/
repack docker-buildx docker-buildx-plugin ''
repack docker-compose docker-compose-plugin ''
pool=/srv/www/pool
mkdir -p $pool
for package in new/*; do dpkg-deb -Zgzip -z1 -b "$package" $pool >&2; done
# Other versions, of which only the name is used.
for other in 5:29.9.0-1 5:28.5.1-1 5:27.1.1-1; do
    mkdir -p "empty/DEBIAN"
    printf 'Package: docker-ce\nVersion: %s\nArchitecture: all\nMaintainer: test\nDescription: test\n' "$other" \
        > empty/DEBIAN/control
    dpkg-deb -b empty "$pool/other-${other#*:}.deb" >&2
done

dist=/srv/www/dists/sid
mkdir -p "$dist/stable/binary-$(dpkg --print-architecture)"
cd /srv/www
apt-ftparchive packages pool > "$dist/stable/binary-$(dpkg --print-architecture)/Packages"
apt-ftparchive -o APT::FTPArchive::Release::Suite=sid -o APT::FTPArchive::Release::Codename=sid \
    -o APT::FTPArchive::Release::Components=stable release dists/sid > /tmp/Release
mv /tmp/Release dists/sid/Release
export GNUPGHOME=/tmp/gnupg
mkdir -m 700 $GNUPGHOME
for name in good other; do
    gpg --batch --passphrase '' --quick-generate-key "$name@test" rsa3072 sign never 2>/dev/null
done
gpg --batch --yes --local-user good@test --clear-sign --output dists/sid/InRelease dists/sid/Release
gpg --armor --export good@test > gpg
# The same repository with a second key in its key file.
mkdir /srv/www/two && ln -s ../dists ../pool two/ && gpg --armor --export good@test other@test > two/gpg

mkdir /tmp/docker
for name in docker dockerd docker-proxy containerd containerd-shim-runc-v2 ctr runc; do
    cp "$(find /tmp/old/*/usr -type f -name "$name" -perm -100 | head -n 1)" /tmp/docker/
done
tar -C /tmp -czf /tmp/docker.tgz --owner 1000 docker
busybox httpd -p 80 -h /srv/www
gpg --with-colons --fingerprint good@test | sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p' | head -n 1
"""
SECONDS = 240


@dataclass(frozen=True)
class Repository:
    """An apt repository, the fingerprint of its key, the version of its Docker, and an archive of that Docker."""

    address: str
    key: str
    archive: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.archive).hexdigest()


@contextmanager
def serve(api: docker.APIClient) -> Iterator[Repository]:
    """Make both in a container of Livedeck's own Debian, and serve the repository until exit."""
    container = api.create_container(
        f"livedeck/equipped:{SUITE}", command=["sleep", "7200"], labels={"livedeck": "test"}
    )["Id"]
    try:
        api.start(container)
        made = channel.run(api, container, ("/bin/sh", "-euc", MAKE), timeout=SECONDS)
        assert made.exit == 0, made.stderr[-3000:]
        address = api.inspect_container(container)["NetworkSettings"]["Networks"]["bridge"]["IPAddress"]
        stream, _ = api.get_archive(container, "/tmp/docker.tgz")
        with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as tar:
            packed = tar.extractfile("docker.tgz")
            assert packed is not None
            archive = packed.read()
        yield Repository(f"http://{address}", made.stdout.split()[-1], archive)
    finally:
        daemon.remove_container(api, container)
