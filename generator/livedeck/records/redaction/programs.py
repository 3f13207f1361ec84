"""Secrets on command lines, which programs take by options of their own: `mysql -pSECRET`, `curl -u USER:SECRET`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from livedeck.records.redaction.found import Found
from livedeck.records.redaction.names import Kind
from livedeck.records.redaction.values import Place, is_secret


class Option(NamedTuple):
    """An option by which a program takes a secret.

    `before` is what comes between the two: nothing, a blank, or what the next word has before the secret ("USER:").
    `needs` is a word that has to come before the option, a subcommand.
    """

    name: str
    before: str = ""
    needs: str = ""


def _each(names: str, *options: Option) -> Mapping[str, tuple[Option, ...]]:
    return dict.fromkeys(names.split(), options)


PROGRAMS: Mapping[str, tuple[Option, ...]] = {
    **_each(
        "docker podman nerdctl skopeo buildah helm oc az crane oras regctl",
        Option("-p", " ", "login"),
        Option("-p", "", "login"),
    ),
    **_each("mysql mysqldump mysqladmin mysqlimport mysqlsh mysqlcheck mysqlslap mysql_upgrade mycli", Option("-p")),
    **_each("mariadb mariadb-dump mariadb-admin mariadb-check 7z 7za 7zr rar unrar", Option("-p")),
    **_each("smbclient rpcclient net winexe", Option("-U", "%"), Option("--user", "%")),
    **_each("ldapsearch ldapadd ldapmodify ldapdelete ldapwhoami ldappasswd", Option("-w", " ")),
    **_each("mongo mongosh mongodump mongorestore", Option("-p", " ")),
    **_each("mosquitto_pub mosquitto_sub sqlcmd zip unzip", Option("-P", " ")),
    **_each("keytool jarsigner", Option("-storepass", " "), Option("-keypass", " "), Option("-srcstorepass", " ")),
    **_each("curl", Option("-u", ":"), Option("--user", ":"), Option("-U", ":"), Option("--proxy-user", ":")),
    **_each("http", Option("-a", ":"), Option("--auth", ":")),
    **_each("lftp", Option("-u", ",")),
    **_each(
        "openssl", *(Option(name, "pass:") for name in ("-passin", "-passout", "-pass", "-password")), Option("-k", " ")
    ),
    **_each("redis-cli", Option("-a", " "), Option("--pass", " ")),
    **_each("sshpass", Option("-p", " "), Option("-p")),
    **_each("xfreerdp", Option("/p:")),
}
"""The programs, and the options by which each takes a secret."""

_PROGRAM = re.compile(rf"(?:{'|'.join(map(re.escape, sorted(PROGRAMS, key=len, reverse=True)))})(?=[ \t])")
# In a word, or what such a command takes.
_IS_ARGUMENT = re.compile(r"(?:[\w.:@-]|\b(?:cp|mv|rm|rsync|scp|install|mkdir|tar|ln|chown|chmod|grep)[ ][^\n;|&]*)\Z")
_WORDS = re.compile(r"(?:\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|\\.|[^\s;|&\"'\\])+")
_SEVERAL = re.compile(r"-[A-Za-z]{2,5}")
_SEPARATOR = re.compile(r"[;|&]")
_IS_POSITIONAL = re.compile(r"rabbitmqctl |htpasswd ")
_POSITIONAL = re.compile(
    r"\b(?:rabbitmqctl[ ](?:add_user|change_password)[ ]\S{1,64}"
    r"|htpasswd[ ]-[A-Za-z]{0,5}b[A-Za-z]{0,5}(?:[ ][^\s-]\S{0,100}){1,2})[ ](?P<secret>(?!-)\S{4,100})$",
    re.MULTILINE,
)
# What is written to the standard input of a program.
_IS_FED = re.compile(r"--password-stdin|chpasswd|sudo -S")
_FED = re.compile(
    r"\b(?:echo|printf)[ ](?:-n[ ])?[\"']?"
    r"(?:[\w.-]{1,64}:(?P<of_user>[^\s\"'|]{1,200})[\"']?[ ]?\|[ ]?(?:sudo[ ])?chpasswd"
    r"|(?P<fed>[^\s\"'|]{1,200})[\"']?[ ]?\|[ ]?(?:sudo[ ]-S|[\w/.-]{1,40}[ ][^|;\n]{0,200}--password-stdin))"
)
_LONGEST, _NEAR = 2000, 60
_FIRST_WORDS = 6


def found(text: str) -> Iterator[Found]:
    """Yield the secrets on command lines in a text that has any number of lines."""
    position = 0
    while program := _PROGRAM.search(text, position):
        position = program.end()
        if _IS_ARGUMENT.search(text, max(0, program.start() - _NEAR), program.start()):
            continue
        end = text.find("\n", position, position + _LONGEST)
        position = end if end >= 0 else min(len(text), position + _LONGEST)
        options = PROGRAMS[program[0]]
        if any(text.find(option.name, program.end(), position) >= 0 for option in options):
            words = _command(text, program.end(), position)
            yield from _taken(text, words, options)
            position = words[-1].end() if words else program.end()
    for match in _POSITIONAL.finditer(text) if _IS_POSITIONAL.search(text) else ():
        yield from _judged(text, *match.span("secret"))
    for match in _FED.finditer(text) if "|" in text and _IS_FED.search(text) else ():
        yield from _judged(text, *match.span(match.lastgroup or 0))


def _command(text: str, start: int, end: int) -> list[re.Match[str]]:
    """Return the words of a command up to a separator that is not in quotes."""
    words: list[re.Match[str]] = []
    for word in _WORDS.finditer(text, start, end):
        if _SEPARATOR.search(text, words[-1].end() if words else start, word.start()):
            break
        words.append(word)
    return words


def _taken(text: str, words: Sequence[re.Match[str]], options: Sequence[Option]) -> Iterator[Found]:
    """Yield what follows the options among the words after a program."""
    seen = {word[0] for word in words[:_FIRST_WORDS]}
    for word, following in zip_longest(words, words[1:]):
        if word[0][0] not in "-/":
            continue
        for option in options:
            length = _length(word[0], option) if not option.needs or option.needs in seen else 0
            if not length:
                continue
            start, end = word.start() + length, word.end()
            if option.before and start == end and following:
                start, end = following.span()
            elif option.before == " " or start == end:
                continue
            if option.before.strip():
                start = text.find(option.before, start, end) + len(option.before)
                if start < len(option.before):
                    continue
            yield from _judged(text, start, end)


def _length(word: str, option: Option) -> int:
    """Return how many characters of a word are the option, also after others as in `curl -su`; 0 if it is not there."""
    if option.before and _SEVERAL.fullmatch(word) and word.endswith(option.name[1:]):
        return len(word)
    return len(option.name) if word.startswith(option.name) else 0


def _judged(text: str, start: int, end: int) -> Iterator[Found]:
    start += text[start : start + 1] in ("'", '"')
    end -= text[end - 1 : end] in ("'", '"')
    if start < end and is_secret(text[start:end], Kind.PASSWORD, Place.QUOTED):
        yield Found(start, end, "password-option")
