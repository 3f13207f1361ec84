"""Remove what must not reach a record, a slide, a terminal or a log: secrets, and the operator's own name and home.

Rules are exact shapes. Nothing is guessed from how random a text looks, because ids and digests look random too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from msgspec import structs

from livedeck.errors import LivedeckError, Problems, UsageError
from livedeck.model import Capture, Location
from livedeck.project.patterns import compiled

_VALUE = r"(?P<secret>(?![$<*\[{(])[^\s\"'`,;|&)}\]]{3,})"
_KEY = r"[\w.-]*(?:password|passwd|secret|token|api[_-]?key|access[_-]?key)"
_OPTION = r"(?:password|passwd|token|secret|api-key)"
_BEGIN = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")
_END = re.compile(r"-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")

BUILT_IN: Mapping[str, str] = {
    "aws-key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "github-token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})\b",
    "gitlab-token": r"\bgl(?:pat|dt|rt|cbt)-[\w-]{20,}",
    "docker-token": r"\bdckr_[po]at_[\w-]{20,}",
    "swarm-token": r"\bSWMTKN-1-[a-z0-9]{50}-[a-z0-9]{25}\b",
    "slack-token": r"\bxox[abeoprs]-[\w-]{10,}",
    "npm-token": r"\bnpm_[A-Za-z0-9]{36}\b",
    "pypi-token": r"\bpypi-AgEI[\w-]{50,}",
    "google-key": r"\bAIza[\w-]{35}\b",
    "jwt": r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}",
    "authorization": r"(?i)\b(?:bearer|basic)\s+(?P<secret>[A-Za-z0-9._~+/=-]{16,})",
    "url-password": r"\b[a-z][a-z0-9+.-]*://[^\s/:@\"']+:(?P<secret>[^\s/@\"']+)@",
    "registry-credential": r"\"(?:auth|identitytoken|registrytoken)\"\s*:\s*\"(?P<secret>[^\"]+)\"",
    "password": rf"(?i)(?<![\w-]){_KEY}[\"']?\s*[=:]\s*[\"']?{_VALUE}",
    "password-option": rf"(?i)(?<![^\s\"'`(])--(?:[\w-]+-)?{_OPTION}[=\s]+[\"']?(?!-){_VALUE}",
    "login-option": rf"\bdocker\s+login\b[^\n|;&]*?\s-p[=\s]?[\"']?{_VALUE}",
}


@dataclass(frozen=True, slots=True)
class Operator:
    """The person who runs Livedeck, and the student's name that replaces theirs."""

    name: str = ""
    home: str = ""
    shown_name: str = "ubuntu"


@dataclass
class Redactor:
    """Remove secrets from text and count them by rule.

    Args:
        rules: the built-in rules and the course's own, by name; a group called `secret` is removed, else the match.
        allowed: texts that are not secret in this course (a password that is taught).
        operator: the person whose name and home do not belong on slides.
    """

    rules: Mapping[str, re.Pattern[str]]
    allowed: frozenset[str] = frozenset()
    operator: Operator = field(default_factory=Operator)
    counts: Counter[str] = field(default_factory=Counter)

    def text(self, text: str) -> str:
        """Return `text`, which may have several lines, without secrets."""
        return "\n".join(self.lines(text.split("\n")))

    def lines(self, lines: Iterable[str]) -> tuple[str, ...]:
        """Return as many lines without secrets; a private key is removed from its first to its last line."""
        done: list[str] = []
        in_key = False
        for line in lines:
            begins, ends = _BEGIN.search(line), _END.search(line)
            if in_key:
                done.append((line[ends.end() :] if ends else "") or _mark("private-key"))
                in_key = not ends
            elif begins:
                self.counts["private-key"] += 1
                in_key = not (ends and ends.start() > begins.start())
                rest = line[ends.end() :] if ends and not in_key else ""
                done.append(line[: begins.start()] + _mark("private-key") + rest)
            else:
                done.append(self._line(line))
        return tuple(done)

    def capture(self, capture: Capture) -> Capture:
        """Return a capture without secrets, in its command too. A line that changes loses its styles."""
        output = self.lines(capture.output)
        became = {line: done for line, done in zip(capture.output, output, strict=True) if line}
        return structs.replace(
            capture,
            prompt=self.text(capture.prompt),
            command=self.text(capture.command),
            output=output,
            input=self.text(capture.input),
            failed=became[capture.failed] if capture.failed in became else self.text(capture.failed),
            styles={n: runs for n, runs in capture.styles.items() if output[n] == capture.output[n]},
        )

    def error(self, error: LivedeckError) -> LivedeckError:
        """Return an error of the same kind without secrets in its words."""
        if isinstance(error, Problems):
            return Problems([self.error(part) for part in error.errors])
        hint = self.text(error.hint) if error.hint else None
        return type(error)(self.text(error.message), at=error.at, hint=hint, detail=self.lines(error.detail))

    def _line(self, line: str) -> str:
        for name, rule in self.rules.items():
            line = rule.sub(lambda match, name=name: self._replaced(match, name), line)  # type: ignore[misc]
        return self._anonymous(line)

    def _replaced(self, match: re.Match[str], name: str) -> str:
        group = "secret" if "secret" in match.re.groupindex else 0
        secret = match[group]
        if secret in self.allowed or secret.startswith("<redacted:"):
            return match[0]
        self.counts[name] += 1
        start, end = match.start(group) - match.start(), match.end(group) - match.start()
        return match[0][:start] + _mark(name) + match[0][end:]

    def _anonymous(self, line: str) -> str:
        who = self.operator
        own = ((who.home, "", f"/home/{who.shown_name}"), (who.name, r"(?<![\w./-])", who.shown_name))
        for text, before, shown in own:
            if text and text in line:
                line, count = re.subn(rf"{before}{re.escape(text)}(?![\w-])", shown, line)
                self.counts["operator"] += count
        return line


def redactor(own: Mapping[str, str], allowed: Iterable[str], operator: Operator) -> Redactor:
    """Return a redactor with the built-in rules and the course's own. Raises UsageError for an invalid rule."""
    rules = {name: re.compile(pattern) for name, pattern in BUILT_IN.items()}  # `re` caches them
    at = Location("decks/course.toml", 1)
    for name, pattern in own.items():
        try:
            rules[name] = compiled(pattern)
        except ValueError as error:
            raise UsageError(f"redact.{name} is not a regular expression: {error}", at=at) from None
        if rules[name].match(""):
            raise UsageError(f"redact.{name} matches the empty text", at=at, hint="say what the secret looks like")
    return Redactor(rules, frozenset(allowed), operator)


def _mark(name: str) -> str:
    return f"<redacted:{name}>"
