"""A Debian made of stubs, on which `scripts/setup` installs nothing."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
INPUTS = ["scripts/setup", "pyproject.toml", "package.json", "package-lock.json", ".npmrc"]
INPUTS += ["constraints/decks.txt", "constraints/test.txt", "generator/livedeck/doctor/needs.txt"]
REAL = ["bash", "cat", "cp", "cut", "dirname", "env", "flock", "head", "mkdir", "mktemp", "readlink", "rm"]
REAL += ["sed", "setsid", "sha256sum", "sleep", "tail", "timeout", "tr", "true"]
FRESH = {
    "id": "echo 0",
    "dpkg-query": 'for p in "${@:4}"; do cat "$BOX/packages/$p" 2>/dev/null || exit 1; done',
    "grep": f'[[ ${{@: -1}} != /etc/os-release ]] || exit "${{NOT_UBUNTU:-1}}"; exec {shutil.which("grep")} "$@"',
}

# What a package brings: the commands, as shell.
PYTHON = """case "$*" in
    *"-m venv"*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; echo "command = python3 -m venv $3" >"$3/pyvenv.cfg" ;;
    *"-m pip"*) echo "pip ${@:7}" >>"$BOX/calls"; cp "$0" "${0%/*}/livedeck" ;;
    --version) echo "Python ${VERSION:=3.11.2}" ;;
    *ensurepip*) [[ ${VERSION:=3.11.2} != 3.9* ]] ;;
esac"""
NPM = """echo "npm $*" >>"$BOX/calls"
rm -rf node_modules; mkdir -p node_modules/.bin; cp "$0" node_modules/.bin/marp"""
BRINGS = {
    "python3": {"python3": PYTHON},
    "nodejs": {"node": "echo v18.20.4"},
    "npm": {"npm": NPM},
    "chromium": {"chromium": ":"},
    "make": {"make": ":"},
    "git": {"git": ":"},
    "shellcheck": {"shellcheck": ":"},
    "openssh-client": {"ssh": ":"},
    "procps": {"pgrep": ":"},
    "docker.io": {"docker": "echo 28.5.2"},
}
ALSO = ["python3-venv", "mmdebstrap", "debian-archive-keyring", "gpg", "uidmap", "iptables"]
APT_GET = """echo "apt-get $*" >>"$BOX/calls"
for package; do
    [[ -d $BOX/archive/$package ]] || continue
    if [[ $package == "${BROKEN-}" ]]; then echo "E: cannot install $package"; exit 100; fi
done
for package; do
    [[ -d $BOX/archive/$package ]] || continue
    cp "$BOX/archive/$package/"* "$BOX/bin/" 2>/dev/null
    echo "ii " >"$BOX/packages/$package"
done
true"""


class Machine:
    """A folder that acts as a Debian: its commands, its packages, and what was called."""

    def __init__(self, box: Path) -> None:
        self.box = box
        self.root = box / "livedeck"
        for folder in ("bin", "packages", "archive", "tmp"):
            (box / folder).mkdir()
        for name in REAL:
            (box / "bin" / name).symlink_to(shutil.which(name))
        for name in INPUTS:
            target = self.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
        for name, body in (FRESH | {"apt-get": APT_GET, "apt-cache": ":"}).items():
            self.command(name, body)
        for package in [*BRINGS, *ALSO]:
            for name, body in BRINGS.get(package, {}).items():
                self.command(name, body, folder=f"archive/{package}")
            (box / "archive" / package).mkdir(exist_ok=True)

    def command(self, name: str, body: str, folder: str = "bin") -> None:
        path = self.box / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!{shutil.which('bash')}\n{body}\n")
        path.chmod(0o755)

    def without(self, *names: str) -> None:
        for name in names:
            (self.box / "bin" / name).unlink(missing_ok=True)
            (self.box / "packages" / name).unlink(missing_ok=True)

    def set_up(self, part: str, root: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        (self.box / "calls").write_text("")
        keep = {"PATH": str(self.box / "bin"), "BOX": str(self.box), "TMPDIR": str(self.box / "tmp"), "CI": "true"}
        script = (root or self.root) / "scripts/setup"
        return subprocess.run(
            [script, part],
            env=keep | env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=60,
        )

    @property
    def calls(self) -> list[str]:
        return (self.box / "calls").read_text().splitlines()
