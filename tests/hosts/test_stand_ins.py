"""The registry of stand-ins serves images as Docker Hub does, whatever store the engine keeps them in."""

from __future__ import annotations

import json

import pytest
from livedeck.hosts.sandbox import stand_ins
from livedeck.hosts.sandbox.stand_ins import SECONDS_TO_BUILD
from livedeck.model import Engine

from tests.course import ROOT, make_course
from tests.hosts.opener import Opener, Screen

ENGINES = {"current": Engine(), "current-containerd": Engine(containerd_store=True)}
REGISTRY = "http://127.0.0.1:5000/v2/library/nginx"
KINDS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
ASKED = [option for kind in KINDS for option in ("--header", f"Accept: {kind}")]
PULLED = "docker pull --quiet nginx && docker inspect --format '{{json .RootFS.Layers}}' nginx"


@pytest.mark.parametrize("tag", ["latest", "perl"])
@pytest.mark.parametrize("engine", ENGINES)
def test_layers_lie_compressed_in_the_registry(opener: Opener, screen: Screen, engine: str, tag: str) -> None:
    with opener(make_course(**ENGINES), engine) as host:
        manifest = json.loads(screen(host, "curl", "--silent", *ASKED, f"{REGISTRY}/manifests/{tag}").text)
        assert len(manifest["layers"]) > 6
        for layer in manifest["layers"]:
            assert layer["mediaType"].endswith(("+gzip", ".gzip")), layer
            start = f"curl --silent {REGISTRY}/blobs/{layer['digest']} | head --bytes 2 | od -An -tx1"
            assert screen(host, "bash", "-c", start).text.split() == ["1f", "8b"]
        fingerprints = json.loads(screen(host, "bash", "-c", PULLED).lines[-1])
        assert not {layer["digest"] for layer in manifest["layers"]} & set(fingerprints)


def test_files_are_as_old_as_the_image(opener: Opener, screen: Screen) -> None:
    script = "docker run --rm nginx stat --format %Y /usr/share/nginx/html/index.html /var/lib/dpkg/status"
    with opener() as host:
        page, packages = map(int, screen(host, "bash", "-c", f"docker pull --quiet nginx >&2; {script}").lines[-2:])
    assert abs(page - packages) < SECONDS_TO_BUILD


def test_nothing_in_an_image_reveals_its_maker(opener: Opener, screen: Screen) -> None:
    script = "docker history --no-trunc --format '{{.Comment}}|{{.CreatedBy}}' nginx; docker inspect nginx"
    with opener() as host:
        told = screen(host, "bash", "-c", f"docker pull --quiet nginx > /dev/null; {script}").text
    assert "(nop) ADD file:" in told
    assert "livedeck" not in told
    assert "mmdebstrap" not in told


def test_another_recipe_is_another_image(monkeypatch: pytest.MonkeyPatch) -> None:
    before = stand_ins._hash(ROOT)
    monkeypatch.setattr(stand_ins, "BUILD", f"{stand_ins.BUILD}true\n")
    assert stand_ins._hash(ROOT) != before
