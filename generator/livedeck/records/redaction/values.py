"""Which values are secrets, and which are words, types, paths, references, placeholders or code."""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import cache, lru_cache

from livedeck.records.redaction.names import Kind, kind_of


class Place(Enum):
    """How a value is written after its name. The less it looks like a value, the more it must look like a secret."""

    QUOTED = auto()
    ASSIGNED = auto()
    """After `=`, without blanks."""
    ALONE = auto()
    """The last thing on a line that begins with the name."""
    MENTIONED = auto()
    """Somewhere in a line, or after a blank."""


# What is taught, asked for and documented is made of these words: `my-secret-pw`, `<your password>`, `changeme`. None
# is made of others: a value that can be read in many ways takes long.
_SAID_WORDS = """
    a access active admin administrator all always an and any api app application arg args argument array ask auth
    auto bar basic baz bearer bool boolean bound byte bytes change changed char cleartext client command compat
    correct credential credentials current data database db debian default demo denied digest disabled django docker
    drupal dummy elastic else empty enabled encrypted enter env environment error example expired failed fake false
    file files fixme flask foo for from generated generic get gitea goes grafana guest hash hashed hello here hex
    hidden http https id incorrect input insert int integer invalid is it item joomla json key keycloak keys lab
    laravel ldap len list literal locked login long mandatory map mariadb masked matches me minio missing mongo must
    my mysql name never new next nextcloud nil nis no none not null number object off ok old omitted on option
    optional or our pam pass passcode passphrase passwd password passwords path placeholder plain postgres
    postgresql private prompt prompted proxy public put pw pwd qwerty rabbitmq random read redacted redis registry
    removed replace required reset revoked root same sample scott secret secrets secure self sensitive server
    service set shared some sss stdin stdout str string strong student super systemd tbd teacher test tester testing
    tests text the this tiger to todo token tokens top training true txt type ubuntu undefined unknown unlocked
    unset updated use user val value values var variable very welcome with wordpress workshop world wrong xxx yes
    your
"""
_ONE = "|".join(sorted(_SAID_WORDS.split(), key=len, reverse=True))
_SAID = rf"(?:{_ONE})(?:[-_. ]?(?:{_ONE}))*[-_.,:;!?)/]*"
_ALGORITHM = r"""(?:scram-|hmac-?|rsa-|ecdsa-)?sha-?[1235]\d{0,2}(?:-\w+)?|md[245](?:-\w+)?|[hrep]s\d{3}|ed25519|x25519
    |(?:aes|rsa|des)-?\d*(?:-\w+)*|3des|x\.?509(?:v\d)?|oauth-?\d?|base-?\d\d\w*|utf-?\d+|argon2\w*|pbkdf2\w*|rfc-?\d+
    |v\d[\w.]*|ipv[46]|tls[\w.]*|ntlmv?\d?|krb5|pkcs\#?\d*|totp\d?|u2f|fido2?"""
_ENDINGS = "txt|pem|key|crt|csr|json|ya?ml|toml|ini|conf|cfg|env|pub|sock|so|sh|py|js|rb|go|html|md|gpg"
_REFERENCE = r"""(?:arn|file|env|vault|op|ssm|keyring|projects|secretref|unix|pkcs11|exec|cmd|keychain|gopass|data):.*
    | ref\+\w+:.*
    | [a-z][a-z_-]{1,15}=\S+ | [a-z][\w+.-]*://.* | [\w.-]+@localhost
    | [A-Za-z][\w.+-]*@[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)+[.,:]?"""
# Of letters and digits: masked, what a usage line calls it, a number.
_PLAIN = rf"""
    (.)\1* | .*(?:xxxx|XXXX).* | [A-Z]+ | 0x[0-9A-Fa-f]{{1,20}} | (?i:{_ALGORITHM})[.,;:)]? | \d+[A-Za-z]{{0,4}}
    """
_ORDINARY = rf"""{_PLAIN} |
      [$]\w+(?:[{{\[/:.$-].*)? | [$][{{(].* | %\w+%? | %[({{].* | @\w+@ | [?]\w* | [!*&]\w+
    | .*(?:[$][{{(]|[$][A-Z_]{{3}}).* | \.\*.* | .*\.\*/.*
    | [#]?\{{.* | <.* | \[.* | \(.* | :.* | [\w-]+:[x*!]?:\d+:.*  # filled in later
    | [|>&=]{{1,3}}[+-]? | \\+(?:[nrt"'].*)?                                  # below
    | .*(?:\*\*\*|\.\.\.|…|••).* | [xX*•._-]{{2,}}                               # masked, or cut
    | --?[A-Za-z].* | ->.* | [A-Z]+(?:[_-][A-Z]+)*                          # an option, what a usage line calls it
    | (?:~[\w-]*|\.{{1,2}})?(?:/[\w.@~%{{}}$*-]+)+/?(?::\d+)?:? | / | [A-Za-z]:\\.*
    | (?i:[\w.-]+(?:/[\w.-]+)*\.(?:{_ENDINGS}))
    | (?i:sha\d+|md5|blake\w+):.* | sha\d+-[\w+/=]+
    | {_REFERENCE}
    | [\d.,:%+/-]+[A-Za-z]{{0,4}}[.,;:)]? | \d+[.:]\d[\w.:+~$-]*            # a number, a time, a version, an address
    """
# An attribute, an item, a call.
_EXPRESSION = re.compile(r"[A-Za-z_$]+(?:(?:\.|->|::)[A-Za-z_]+)+;?|[\w.-]+\[.*|[A-Za-z_][\w.:>-]*\(.*")
_IDENTIFIER = re.compile(r"[A-Za-z_.-]+")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_CAMEL_CASE = re.compile(r"[A-Za-z]?[a-z]*(?:[A-Z][a-z]{2,})*")
_LETTERS = re.compile(r"[^\W\d_]+(?:[-_. /'][^\W\d_]+)*[-_.,:;!?)]*")
# What resources are called: db-password-v2, web/1.29
_CALLED = re.compile(r"[a-z]+(?:[-_./:](?:[a-z]+|v?\d{1,4}(?:\.\d{1,3}){0,2}))+[.,;:]?")
_OF_NAMES = re.compile(r"pass|pw|psk|secret|token|credential|key|auth")
_DIGIT = re.compile(r"\d")
_NUMBERED = re.compile(r"[a-z]+\d{1,3}")
_MIXED = re.compile(r"(?=.*[A-Za-z]).*\d|(?=.*[a-z])(?=.*[A-Z]).+[!@#$%^&*+?]")
_SWITCHING = re.compile(r"(?:[a-z\d]+[A-Z]|[A-Z]+[a-z\d]){3}")
_IDEOGRAPHIC = re.compile("[\u3000-\u9fff\uac00-\ud7af]")
_LATIN_AND_DIGIT = re.compile(r"[A-Za-z]\d|\d[A-Za-z]")
_OF_SENTENCES = frozenset(
    ["are", "be", "can", "cannot", "enter", "for", "is", "must", "not", "please", "required", "to", "your"]
)
_SENTENCE = re.compile(r"[A-Z][\w .,'\u2019-]+")
_LONGEST, _LONGEST_SAID = 120, 40
SHORTEST, _SHORTEST_WORD, _SHORTEST_NUMBER, _SHORTEST_TOKEN = 4, 5, 6, 8
_LONG, _VERY_LONG = 12, 20


@lru_cache(maxsize=4096)
def is_secret(value: str, kind: Kind, place: Place) -> bool:
    """Return whether a value that is written in such a `place` after a name of such a `kind` is a secret."""
    value = value[:_LONGEST]
    if len(value) < SHORTEST or value.startswith("<redacted:"):
        return False
    is_password, is_mentioned = kind is Kind.PASSWORD, place is Place.MENTIONED
    if value.isdigit():
        return is_password and not is_mentioned and len(value) >= _SHORTEST_NUMBER and len(set(value)) > 1
    if is_said(value):
        return False
    if value.isalpha() or not (value.isalnum() and value.isascii()):
        if " " in value or (place is not Place.QUOTED and _is_code_or_prose(value)):
            return is_password and place is Place.QUOTED and _is_phrase(value)
        if _LETTERS.fullmatch(value):
            is_word = is_password and not is_mentioned and len(value) >= _SHORTEST_WORD and value[-1] not in ".:,"
            return is_word or _is_random(value)
    return (_is_password if is_password else _is_token)(value, is_mentioned=is_mentioned) or _is_random(value)


def _is_password(value: str, *, is_mentioned: bool) -> bool:
    if not is_mentioned:
        return True
    return len(value) > _SHORTEST_WORD and not _CALLED.fullmatch(value) and _is_mixed(value)


def _is_token(value: str, *, is_mentioned: bool) -> bool:
    if is_mentioned and (_NUMBERED.fullmatch(value) or not _is_mixed(value)):
        return False
    shortest = _SHORTEST_TOKEN if is_mentioned else _SHORTEST_NUMBER
    return len(value) >= shortest and not _CALLED.fullmatch(value) and bool(_DIGIT.search(value))


def _is_mixed(value: str) -> bool:
    return value.isascii() and bool(_MIXED.search(value))


def is_said(value: str) -> bool:
    """Return whether a value is a word that is said of secrets, a reference or a placeholder, and so no secret."""
    if _VARIABLE.fullmatch(value) and _is_a_name(value):
        return True
    if (_plain() if value.isalnum() else _ordinary()).fullmatch(value):
        return True
    return len(value) <= _LONGEST_SAID and not _DIGIT.search(value) and _said().fullmatch(value.lower()) is not None


# Compiled when they are needed: most of what is printed has no value to decide about.
@cache
def _said() -> re.Pattern[str]:
    return re.compile(_SAID)


@cache
def _plain() -> re.Pattern[str]:
    return re.compile(_PLAIN, re.VERBOSE)


@cache
def _ordinary() -> re.Pattern[str]:
    return re.compile(_ORDINARY, re.VERBOSE)


def _is_code_or_prose(value: str) -> bool:
    """Return whether a value without quotes is an expression, the name of another secret, or words of East Asia."""
    if _EXPRESSION.fullmatch(value) or (_IDENTIFIER.fullmatch(value) and _is_a_name(value)):
        return True
    return bool(_IDEOGRAPHIC.search(value)) and not _LATIN_AND_DIGIT.search(value)


def _is_a_name(value: str) -> bool:
    return _OF_NAMES.search(value.lower()) is not None and kind_of(value) is not None


def _is_phrase(value: str) -> bool:
    """Return whether a value with blanks is a phrase that opens something, not a sentence about it."""
    words = value.lower().split()
    if value.endswith((".", ":", "?", "!")) or _OF_SENTENCES.intersection(words) or _said().fullmatch(words[-1]):
        return False
    return not _SENTENCE.fullmatch(value) or any(map(str.isdigit, value))


def _is_random(value: str) -> bool:
    """Return whether letters follow each other as in no word."""
    if len(value) < _LONG or not value.isalnum():
        return False
    is_switching = bool(_SWITCHING.search(value)) and not _CAMEL_CASE.fullmatch(value)
    return is_switching or (len(value) >= _VERY_LONG and value.islower() and value.isalpha())
