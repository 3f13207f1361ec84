"""What set-up installs is what was reviewed: each file has a hash, and another file is not installed."""

import base64
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile

import pytest

from tests.setup.stubs import ROOT

PINS = ("decks", "test")
PIN = re.compile(r"([a-z0-9-]+)==([\w.]+)(?: ; [^\\]+)?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)")
INTEGRITY = re.compile(r"sha512-[A-Za-z0-9+/]{86}==")


def pins(part):
    """The pins of a file: name and version; nothing else may be in it but comments."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / f"constraints/{part}.txt").read_text(), flags=re.MULTILINE)
    assert re.sub(PIN, "", text).strip() == "", "a line that is not a pinned package with its hashes"
    return {name: version for name, version, _ in PIN.findall(text)}


def name(spec):
    return re.sub("[-_.]+", "-", re.match(r"[\w.-]+", spec)[0]).lower()


@pytest.mark.parametrize("part", PINS)
def test_every_package_is_pinned_with_hashes(part):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["build"]]
    asked += project["build-system"]["requires"]
    asked += project["project"]["optional-dependencies"]["dev"] if part == "test" else []
    assert not {name(spec) for spec in asked} - set(pins(part)), "run `make constraints`"


def test_decks_and_tests_have_the_same_versions():
    assert pins("decks").items() <= pins("test").items(), "run `make constraints`"


def test_every_node_package_has_a_hash_and_no_address():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {path: about for path, about in lock["packages"].items() if path}
    assert len(packages) > 50
    wrong = {path for path, about in packages.items() if not INTEGRITY.fullmatch(about.get("integrity", ""))}
    assert not wrong
    assert not {path for path, about in packages.items() if "resolved" in about or about.get("link")}


def test_actions_are_pinned_by_commit():
    for path in (ROOT / ".github").rglob("*.yml"):
        for used in re.findall(r"uses: *(\S+)", path.read_text()):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used), f"{path.name}: {used}"


# --- a package from the network that is not the one that was reviewed ------------------------------------------------


@pytest.fixture(scope="module")
def wheel():
    """A wheel, made here; what it would install is told by the file `harmless.py`."""
    data = io.BytesIO()
    record = "harmless.py,,\nharmless-1.dist-info/METADATA,,\nharmless-1.dist-info/WHEEL,,\n"
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("harmless.py", "")
        file.writestr("harmless-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: harmless\nVersion: 1\n")
        tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        file.writestr("harmless-1.dist-info/WHEEL", f"{tags}Generator: test\n")
        file.writestr("harmless-1.dist-info/RECORD", f"{record}harmless-1.dist-info/RECORD,,\n")
    return data.getvalue()


GOOD = "harmless==1 --hash=sha256:{hash}"
TAMPERED = {
    "another hash": "harmless==1 --hash=sha256:{other}",
    "one digit": "harmless==1 --hash=sha256:{digit}",
    "no hash": "harmless==1",
    "no hash, beside one with": "harmless==1\nlivedeck-none==1 --hash=sha256:{hash}",
    "an empty hash": "harmless==1 --hash=sha256:",
    "half a hash": "harmless==1 --hash=sha256:{half}",
    "a weak hash": "harmless==1 --hash=md5:{md5}",
    "a hash of SHA-1": "harmless==1 --hash=sha1:{sha1}",
    "a version from a range": "harmless>=1 --hash=sha256:{hash}",
    "no version": "harmless --hash=sha256:{hash}",
    "another version": "harmless==2 --hash=sha256:{hash}",
    "a file by its path": "{folder}/harmless-1-py3-none-any.whl",
    "a folder": "{folder}/source",
    "an editable folder": "-e {folder}/source",
    "an archive with its source": "sourced==1 --hash=sha256:{sdist}",
}


def table(attempts):
    """One attempt of a table is enough for `make test`."""
    marks = [(), *[pytest.mark.soak] * len(attempts)]
    return [pytest.param(each, id=key, marks=mark) for (key, each), mark in zip(attempts.items(), marks, strict=False)]


@pytest.fixture
def index(tmp_path, wheel):
    """A folder with the wheel, a source archive and a folder of source, for `pip --find-links`."""
    (tmp_path / "harmless-1-py3-none-any.whl").write_bytes(wheel)
    source = tmp_path / "source"
    source.mkdir()
    (source / "setup.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    shutil.make_archive(str(tmp_path / "sourced-1"), "gztar", tmp_path, "source")
    return tmp_path


def install(index, pin, wheel):
    """Run the `pip_install` of the script with a file of pins, in a folder that has only our index."""
    hashes = {
        "hash": (right := hashlib.sha256(wheel).hexdigest()),
        "other": hashlib.sha256(b"other").hexdigest(),
        "digit": right[:-1] + ("0" if right[-1] != "0" else "1"),
        "half": right[:32],
        "md5": hashlib.md5(wheel).hexdigest(),
        "sha1": hashlib.sha1(wheel).hexdigest(),
        "sdist": hashlib.sha256((index / "sourced-1.tar.gz").read_bytes()).hexdigest(),
        "folder": str(index),
    }
    (index / "pins.txt").write_text(pin.format(**hashes) + "\n")
    script = (ROOT / "scripts/setup").read_text()
    flags = re.search(r"pip_install (--require-hashes .*) -r \"\$pins\"", script)[1].split()
    return subprocess.run(
        [sys.executable, "-m", "pip", "install", "--no-index", "--find-links", str(index), "--target", index / "out",
         *flags, "-r", index / "pins.txt"],
        env={"PATH": "/usr/bin:/bin", "PIP_CONFIG_FILE": "/dev/null", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip


def test_the_reviewed_file_is_installed(index, wheel):
    done = install(index, GOOD, wheel)
    assert done.returncode == 0, done.stderr
    assert (index / "out/harmless.py").exists()


@pytest.mark.hostile("a package, not as reviewed", "set-up fails", "the package is installed")
@pytest.mark.parametrize("pin", table(TAMPERED))
def test_nothing_else_is_installed(index, wheel, pin):
    done = install(index, pin, wheel)
    assert done.returncode != 0, done.stdout
    assert "ERROR" in done.stderr or "error" in done.stderr
    assert not (index / "out").exists()
    assert not (index / "ran").exists(), "code of the package ran"


BYTES = {
    "one byte more": lambda data: data + b"\0",
    "one byte less": lambda data: data[:-1],
    "one byte changed": lambda data: data.replace(b"harmless.py", b"harmful_.py", 1),
    "another file": base64.b64encode,
    "no bytes": lambda data: b"",
}


@pytest.mark.hostile("a file, not as reviewed", "set-up fails", "the file is installed")
@pytest.mark.parametrize("change", table(BYTES))
def test_a_changed_file_is_not_installed(index, wheel, change):
    (index / "harmless-1-py3-none-any.whl").write_bytes(change(wheel))
    done = install(index, GOOD, wheel)
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not (index / "out").exists()
