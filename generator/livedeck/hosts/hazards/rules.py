"""What the commands of a machine remove, stop or overwrite: one rule for each name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from livedeck.hosts.hazards.arguments import after_options, arguments, path_hazard
from livedeck.hosts.hazards.docker import compose, docker
from livedeck.hosts.hazards.words import Word, joined

Rule = Callable[[Sequence[Word]], str | None]

OWN_JOBS = ("%", "$!", "${!}")


def hazard(name: str, words: Sequence[Word]) -> str | None:
    """Return what the command `name` with these arguments would destroy, None if nothing is known."""
    if name == "mkfs" or name.startswith(("mkfs.", "mke2fs")):
        return f"makes a new file system: {joined(arguments(words, ('-t', '-L', '-b')).operands)}"
    rule = RULES.get(name)
    return rule(words) if rule else None


def _operands(phrase: str, *, takes: Sequence[str] = (), unless: Sequence[str] = ()) -> Rule:
    """A rule for a command that does it to each of its operands."""

    def rule(words: Sequence[Word]) -> str | None:
        given = arguments(words, takes)
        spared = not given.operands or given.has("--help", "--version", *unless)
        return None if spared else f"{phrase}: {joined(given.operands)}"

    return rule


def _verbs(phrases: Mapping[str, str], *, takes: Sequence[str] = ()) -> Rule:
    """A rule for a command whose first operand says what it does."""

    def rule(words: Sequence[Word]) -> str | None:
        rest = arguments(words, takes).operands
        phrase = phrases.get(rest[0].text) if rest else None
        return f"{phrase}: {joined(rest[1:])}" if phrase and rest[1:] else phrase

    return rule


def _always(phrase: str) -> Rule:
    return lambda words: None if arguments(words).has("--help", "--version") else phrase


def _rm(words: Sequence[Word]) -> str | None:
    given = arguments(words)
    if not given.operands:
        return None
    folders = " and folders with all that is in them" if given.has("-r", "-R", "--recursive") else ""
    return f"removes files{folders}: {joined(given.operands)}"


def _kill(words: Sequence[Word]) -> str | None:
    rest = list(words)
    if rest and rest[0].text in ("-s", "-n", "--signal"):
        rest = rest[2:]
    elif rest and rest[0].text.startswith("-") and rest[0].text != "--":
        if rest[0].text in ("-l", "-L", "--list", "-0"):
            return None
        rest = rest[1:]
    targets = [word for word in rest if word.text != "--" and not word.text.startswith(OWN_JOBS)]
    return f"ends processes: {joined(targets)}" if targets else None


def _recursive(phrase: str) -> Rule:
    def rule(words: Sequence[Word]) -> str | None:
        given = arguments(words)
        return f"{phrase}: {joined(given.operands[1:])}" if given.has("-R", "--recursive") else None

    return rule


def _onto(verb: str, *, moves: bool = False, only_with: Sequence[str] = ()) -> Rule:
    """A rule for a command that writes to its last operand, or below the folder of -t."""

    def rule(words: Sequence[Word]) -> str | None:
        given = arguments(words, ("-m", "-o", "-g", "-S", "--suffix", "--mode", "--owner", "--group"))
        folders = [w for before, w in pairwise(words) if before.text == "-t"]
        touched = list(given.operands) if moves or folders else list(given.operands[-1:])
        if only_with and not given.has(*only_with):
            return None
        hit = [place for word in touched if (place := path_hazard(word))]
        return f"{verb}: {', '.join(dict.fromkeys(hit))}" if hit else None

    return rule


def _dd(words: Sequence[Word]) -> str | None:
    targets = [w.source.partition("=")[2] for w in words if w.text.startswith("of=") and w.text != "of=/dev/null"]
    return f"overwrites {targets[0]}" if targets else None


def _tee(words: Sequence[Word]) -> str | None:
    given = arguments(words)
    hit = [] if given.has("-a", "--append") else [place for word in given.operands if (place := path_hazard(word))]
    return f"overwrites {', '.join(hit)}" if hit else None


def _in_place(words: Sequence[Word]) -> str | None:
    options = [w.text for w in words if w.text.startswith(("-i", "--in-place")) or w.text in ("-ni", "-Ei", "-ri")]
    given = arguments(words, ("-e", "-f", "--expression", "--file"))
    files = given.operands if given.has("-e", "-f", "--expression", "--file") else given.operands[1:]
    hit = [place for word in files if (place := path_hazard(word))]
    return f"changes {', '.join(hit)}" if options and hit else None


def _flagged(phrase: str, *options: str) -> Rule:
    """A rule for a command that destroys with one of these options."""
    return lambda words: phrase if arguments(words).has(*options) else None


def _git(words: Sequence[Word]) -> str | None:
    rest = after_options(words, ("-C", "-c", "--git-dir", "--work-tree"))
    verb, given = (rest[0].text, arguments(rest[1:])) if rest else ("", arguments(()))
    texts = [word.text for word in rest]
    phrases = {
        "clean": ("removes files that git does not know", given.has("-f", "--force")),
        "reset": ("throws uncommitted changes away", given.has("--hard")),
        "checkout": ("throws uncommitted changes away", given.has("-f", "--force") or "--" in texts or "." in texts),
        "restore": ("throws uncommitted changes away", not given.has("--staged", "-S") or given.has("--worktree")),
        "stash": ("throws stashed changes away", bool({"drop", "clear"} & set(texts[1:2]))),
        "branch": ("removes branches", given.has("-D", "-d", "--delete")),
        "push": ("rewrites or removes what others have", given.has("-f", "--force", "--delete", "-d", "--mirror")),
        "rm": ("removes files", not given.has("--cached")),
    }
    phrase, applies = phrases.get(verb, ("", False))
    return phrase if applies else None


def _iptables(words: Sequence[Word]) -> str | None:
    gone = arguments(words).has("-F", "--flush", "-X", "--delete-chain", "-D", "--delete")
    return "removes firewall rules" if gone else None


def _service(words: Sequence[Word]) -> str | None:
    texts = [word.text for word in words]
    return f"stops the service {words[0].source}" if texts[1:2] in (["stop"], ["restart"]) else None


def _find(words: Sequence[Word]) -> str | None:
    if "-delete" not in [word.text for word in words]:
        return None
    places = [word for at, word in enumerate(words) if not any(w.text[:1] in "-(!" for w in words[: at + 1])]
    return f"removes what it finds below {joined(places) or 'the working directory'}"


_PACKAGES = dict.fromkeys(
    ("remove", "purge", "autoremove", "autopurge", "erase", "uninstall", "del", "rm"), "removes packages"
)
_UNITS = {
    "stop": "stops services",
    "disable": "disables services",
    "mask": "disables services",
    "restart": "restarts services",
    "kill": "ends services",
    "isolate": "stops services",
    **dict.fromkeys(
        ("reboot", "poweroff", "halt", "kexec", "suspend", "hibernate", "rescue", "emergency"), "stops the machine"
    ),
}
_APT = _verbs(_PACKAGES, takes=("-o", "-t", "-c", "--option", "--target-release"))
_CLUSTER = ("-n", "--namespace", "--context", "--kubeconfig", "-s", "--server", "--cluster", "--user")

RULES: Mapping[str, Rule] = {
    "docker": docker,
    "podman": docker,
    "nerdctl": docker,
    "docker-compose": compose,
    "podman-compose": compose,
    "rm": _rm,
    "rmdir": _operands("removes empty folders"),
    "unlink": _operands("removes files"),
    "srm": _operands("removes files"),
    "shred": _operands("overwrites files beyond recovery", takes=("-n", "-s")),
    "truncate": _operands("cuts files off", takes=("-s", "--size", "-r", "--reference")),
    "mv": _onto("moves or overwrites", moves=True),
    "cp": _onto("overwrites"),
    "install": _onto("overwrites"),
    "ln": _onto("replaces", only_with=("-f", "--force")),
    "rsync": _flagged("removes what the source does not have", "--delete", "--del", "--remove-source-files"),
    "dd": _dd,
    "tee": _tee,
    "sed": _in_place,
    "perl": _in_place,
    "find": _find,
    "wipefs": _flagged("removes file system signatures", "-a", "--all", "-o"),
    "kill": _kill,
    "pkill": _operands("ends processes by name"),
    "killall": _operands("ends processes by name"),
    "skill": _operands("ends processes"),
    "fuser": _flagged("ends the processes that use a file", "-k", "--kill"),
    "systemctl": _verbs(_UNITS, takes=("-H", "-M", "-t", "-p", "-s", "-n")),
    "service": _service,
    "init": _verbs({"0": "stops the machine", "6": "restarts the machine", "1": "stops services"}),
    "telinit": _verbs({"0": "stops the machine", "6": "restarts the machine", "1": "stops services"}),
    "apt": _APT,
    "apt-get": _APT,
    "aptitude": _APT,
    "dpkg": _flagged("removes packages", "-r", "--remove", "-P", "--purge"),
    "rpm": _flagged("removes packages", "-e", "--erase"),
    "crontab": _flagged("removes scheduled commands", "-r"),
    "chmod": _recursive("changes the permissions of everything below"),
    "chown": _recursive("changes the owner of everything below"),
    "chgrp": _recursive("changes the group of everything below"),
    "iptables": _iptables,
    "ip6tables": _iptables,
    "nft": _verbs(dict.fromkeys(("flush", "delete", "destroy"), "removes firewall rules")),
    "ufw": _verbs(dict.fromkeys(("reset", "disable", "delete"), "removes firewall rules")),
    "git": _git,
    "kubectl": _verbs({"delete": "removes from the cluster", "drain": "empties nodes of the cluster"}, takes=_CLUSTER),
    "helm": _verbs(dict.fromkeys(("uninstall", "delete", "un", "del"), "removes from the cluster"), takes=_CLUSTER),
    "terraform": _verbs({"destroy": "destroys what Terraform made"}),
    **{name: _verbs({"delete": "removes clusters"}) for name in ("kind", "minikube", "k3d")},
    **{name: _verbs(_PACKAGES) for name in ("yum", "dnf", "zypper", "apk", "snap", "brew", "pip", "pip3")},
    **{name: _operands("removes accounts") for name in ("userdel", "deluser", "groupdel", "delgroup")},
    **{name: _operands("detaches file systems", takes=("-t",)) for name in ("umount", "swapoff")},
    **{name: _operands("removes volumes of disks") for name in ("lvremove", "vgremove", "pvremove")},
    **{name: _operands("overwrites disks") for name in ("mkswap", "blkdiscard", "sgdisk", "sfdisk")},
    **{name: _operands("changes partitions", unless=("-l", "--list")) for name in ("fdisk", "parted", "cfdisk")},
    **{name: _always("stops the machine") for name in ("reboot", "shutdown", "halt", "poweroff")},
}  # fmt: skip
