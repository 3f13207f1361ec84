"""Commands that run the command which is their operand: sudo, env, xargs and their like."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from livedeck.hosts.hazards.arguments import after_options, arguments
from livedeck.hosts.hazards.words import Word

ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
SHELLS = frozenset(["sh", "bash", "dash", "zsh", "ksh", "ash", "mksh", "fish"])
PIPED = Word("what is piped in", "", known=False)


@dataclass(frozen=True, slots=True)
class Prefix:
    """Which options have a value in the next word, and how many operands stand before the command."""

    takes: tuple[str, ...] = ()
    operands: int = 0


_SUDO = ("-u", "-g", "-h", "-p", "-C", "-r", "-t", "-T", "-U", "-D", "-R", "--user", "--group", "--host", "--chdir")
PREFIXES = {
    "sudo": Prefix(_SUDO),
    "doas": Prefix(("-u", "-C")),
    "env": Prefix(("-u", "-C", "--unset", "--chdir")),
    "xargs": Prefix(("-I", "-n", "-P", "-d", "-a", "-L", "-s", "-E", "--max-args", "--max-procs", "--arg-file")),
    "parallel": Prefix(("-j", "--jobs", "-n", "-I", "-a")),
    "timeout": Prefix(("-s", "-k", "--signal", "--kill-after"), 1),
    "nice": Prefix(("-n", "--adjustment")),
    "ionice": Prefix(("-c", "-n", "--class", "--classdata")),
    "stdbuf": Prefix(("-i", "-o", "-e")),
    "flock": Prefix(("-w", "-E", "--timeout"), 1),
    "chroot": Prefix((), 1),
    "nsenter": Prefix(("-t", "--target", "-S", "-G")),
    "strace": Prefix(("-e", "-o", "-p", "-s")),
    "watch": Prefix(("-n", "--interval")),
    "time": Prefix(("-f", "-o")),
    "exec": Prefix(("-a",)),
    "runuser": Prefix(("-u",)),
    "setpriv": Prefix(("--reuid", "--regid")),
    **{name: Prefix() for name in ("nohup", "setsid", "command", "builtin", "busybox", "unshare", "coproc", "!")},
}


@dataclass(frozen=True, slots=True)
class Code:
    """Code that a shell runs: known, or (None) whatever it is given."""

    text: str | None


def bare(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return the command behind its prefixes; empty when nothing is run."""
    rest = tuple(words)
    while rest and rest[0].is_name and (prefix := PREFIXES.get(name_of(rest[0]))):
        name, options = name_of(rest[0]), rest[1:]
        if name == "command" and arguments(options[:1]).has("-v", "-V"):
            return ()
        rest = after_options(options, prefix.takes)
        while name in ("sudo", "doas", "env") and rest and ASSIGNMENT.match(rest[0].text):
            rest = rest[1:]
        rest = rest[prefix.operands :]
        if not rest and name in ("sudo", "doas") and arguments(options).has("-s", "-i", "--shell", "--login"):
            return (Word("sh", "sh"),)
        if rest and name in ("xargs", "parallel"):
            rest = (*rest, PIPED)
        if rest and name == "watch":
            return (Word("eval", "eval"), *rest)
    return rest


def name_of(word: Word) -> str:
    """Return a command's name without its folder."""
    return posixpath.basename(word.text) or word.text


def code(name: str, words: Sequence[Word], fed: Code | None) -> Code | None:
    """Return the code that the command runs as a shell would; None if it runs none. `fed` is its standard input."""
    if name == "eval":
        known = all(word.known for word in words)
        return Code(" ".join(word.text for word in words) if known else None) if words else None
    if name in (".", "source"):
        return Code(None) if words else None
    if name == "trap":
        given = after_options(words)
        return _one(given[0]) if given[1:] and given[0].text not in ("", "-") else None
    if name in ("su", "runuser"):
        given_code = [after for before, after in pairwise(words) if before.text in ("-c", "--command")]
        return _one(given_code[0]) if given_code else fed
    if name.endswith(".sh"):
        return Code(None)
    return _shell(words, fed) if name in SHELLS else None


def _shell(words: Sequence[Word], fed: Code | None) -> Code | None:
    given = arguments(words, ("-o", "-O", "--rcfile", "--init-file"))
    if given.has("--version", "--help"):
        return None
    if given.has("-c"):
        return _one(given.operands[0]) if given.operands else None
    if given.operands and not given.has("-s"):
        return Code(None)
    return fed


def _one(word: Word) -> Code:
    return Code(word.text if word.known else None)
