"""Values that follow a name which says that they are secrets, read as the syntax around them quotes them."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

from livedeck.records.redaction.found import Found
from livedeck.records.redaction.names import Kind, kind_of
from livedeck.records.redaction.values import SHORTEST, Place, is_secret

_KEYWORD = (
    r"pass(?:word|wd|phrase|code|wort|pw)?|pwd|pw|psk|kennwort|senha|contraseña|пароль|mot[ ]de[ ]passe|hasło|heslo"
    r"|parola|lösenord|wachtwoord|salasana|şifre|clave|jelszó|adgangskode|identified[ ](?:with[ ][\w.]{1,40}[ ])?by"
    r"|secret|token|credentials?|key|masterauth|authtok"
    r"|비밀[ ]?번호|패스워드|암호|パスワード|暗証番号|密码|密碼|口令"
    r"|토큰|시크릿|トークン|シークレット|令牌|api[ ]?키|비밀[ ]?키|apiキー|秘密鍵|密钥"
)
# What comes between a name and its value. A blank alone is enough only if no plain word follows.
_COLONS = r"：|＝"  # noqa: RUF001
_SEPARATOR = rf"""
      [\])]?(?:[ ]\[[^\]\n]{{0,40}}\])?[ \t]{{0,20}}(?:=>|:=|==?|:-|:[ ][|>][+-]?\n|:|{_COLONS})[ \t]{{0,20}}
          (?:process\.env\.\w{{1,40}}[ ](?:\|\||\?\?)[ ])?
    | [ \t](?:(?:is|was)[ ](?:now[ ])?generated[ ])?for[ ](?:[^\n:=]{{1,80}}:|["'][^\n:=]{{1,80}}=)[ \t]{{1,8}}
    | (?:[ \t](?:is|was|set|reset|changed)(?:[ ](?:to|now))?(?:[ ]?:)?|[ ]?(?:은|는|は)):?[ \t]{{1,8}}
    | [ ](?:<<<|\(convertto-securestring(?:[ ]-string)?)[ ](?=["'])
    | [ \t]{{1,40}}\|[ ]
    | [ \t]{{1,40}}(?![a-z]{{1,40}}[.,:;]?(?:\s|$))
    | ,[ ]{{0,20}}(?=["'])
    | \((?=["'])
"""
# For a text in lower case: an expression that ignores case cannot look for first letters, and is slow.
_NAMED = re.compile(
    rf"""(?P<word>(?:{_KEYWORD})[a-z0-9_]{{0,20}}+(?:-data|-value)?)(?:[ ]\d{{1,2}})?
    (?P<close>\\{{0,3}}["'`])?
    (?P<separator>{_SEPARATOR})
    (?:[nbru]?(?P<quote>\\{{0,3}}["'])(?P<quoted>(?:\\.|(?P=quote){{2}}|(?!(?P=quote))[^\n\\]){{1,300}})(?P=quote)
      | (?P<bare>(?!\s)[^\s\\]{{0,120}}(?:\\[ \S][^\s\\]{{0,120}}){{0,20}}))
    """,
    re.VERBOSE,
)
# What may stand before a name that begins its line, and after a value that ends it.
_LEAD = re.compile(
    r"\s*(?:[-+#>;$]\s?)?(?:export\s+|set\s+(?:-\w+\s+)?|env\s+|declare\s+-\w+\s+|\d+[:-]?\s+|\|\s*)?", re.IGNORECASE
)
_TRAIL = re.compile(r"[ \t]{0,40}(?:[#;].*|,|\||//.*)?$", re.MULTILINE)
_CUT = re.compile(r"[,;&|)}\]\"'`<>]")
_CUT_IN_QUERY = re.compile(r"[&#;,)\"'`<>\\]")
_REST = re.compile(r"[\w+/=.~%-]*")
_STRONG = re.compile(r"(?=.*[A-Za-z])(?=.*[\d!@#$%^&*?+])(?:.*[A-Z!@#$%^&*?+]|.*\d.*[a-z])")
_LOGIN = re.compile(r"\b(?:login|user|username|account)[ \t]+\S{1,64}[ \t]+(?:and |with )?\Z", re.IGNORECASE)
_IN_NAMES = f"{string.ascii_letters}{string.digits}_.-"
_NEAR, _LINE = 48, 200


def found(text: str) -> Iterator[Found]:
    """Yield the values of names in a text that has any number of lines."""
    lower = lowered(text)
    position = 0
    # Repeated lines are common, and what is near a value decides about it.
    known: dict[tuple[int, str], tuple[int, int, Kind] | None] = {}
    while match := _NAMED.search(lower, position):
        begins = max(0, match.start() - _NEAR)
        near = (match.start() - begins, text[begins : match.end() + _NEAR])
        if near not in known:
            known[near] = _value(text, match)
        position = max(match.start("bare"), match.start("quoted"), match.start() + 1)
        if value := known[near]:
            start, end, kind = value
            position = match.start() + end
            yield Found(match.start() + start, position, kind.value)


def lowered(text: str) -> str:
    """Return a text in lower case in which each letter has the place that it had."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(letter.lower()[:1] for letter in text)


def _value(text: str, match: re.Match[str]) -> tuple[int, int, Kind] | None:
    """Return where the secret of a match is, from the beginning of the match, and what its name says; None for none."""
    is_quoted = match["quoted"] is not None
    begin, end = match.span("quoted" if is_quoted else "bare")
    start = _name_start(text, match.start())
    name = text[start : match.end("word")]
    is_long = end - begin >= SHORTEST or text[end : end + 1] == " "
    kind = _kind(text, match, start, name) if is_long else None
    if kind is None or not _is_named(text, match, start, name):
        return None
    if is_quoted:
        separator = match["separator"].strip()
        is_vague = separator == "," or (not separator and (match["close"] or kind is not Kind.PASSWORD))
        place = Place.MENTIONED if is_vague and not _STRONG.search(text, begin, end) else Place.QUOTED
    elif listed := _listed(text, match, start):
        (begin, end), place = listed, Place.QUOTED
    else:
        begin, end, place = _bare(text, match, start)
    if not is_secret(text[begin:end], kind, place):
        return None
    rest = _REST.match(text, end) if not is_quoted and end == match.end() else None  # longer than was looked at
    return begin - match.start(), (rest.end() if rest else end) - match.start(), kind


def _kind(text: str, match: re.Match[str], start: int, name: str) -> Kind | None:
    if match["word"].startswith("identified"):
        return Kind.PASSWORD
    kind = kind_of(name)
    if kind is None and name[-3:].lower() == "key":  # `Secret access key`
        kind = kind_of(text[max(0, start - _NEAR) : start].rpartition("\n")[2] + name)
    return kind


def _name_start(text: str, start: int) -> int:
    """Return where the name begins that has a keyword at `start`."""
    near = text[max(0, start - _NEAR) : start]
    before = near.rstrip(_IN_NAMES)
    while before and before[-1].isalnum():  # in another script
        before = before[:-1].rstrip(_IN_NAMES)
    return start - len(near) + len(before)


def _begins_line(text: str, start: int) -> bool:
    near = max(0, start - _NEAR)
    line = text.rfind("\n", near, start) + 1 or near
    begins = not line or text[line - 1] == "\n"
    return (begins and bool(_LEAD.fullmatch(text, line, start))) or text.endswith((" export ", " set "), near, start)


def _is_named(text: str, match: re.Match[str], start: int, name: str) -> bool:
    """Return whether a name is one where it stands: not a word of a sentence, a file, a cipher or a function."""
    separator, before, lower = match["separator"].strip(), text[start - 1 : start], name.lower()
    if match["word"].startswith("identified"):
        return match["quote"] != '"' or name.isupper()
    if before == "!" or (before == "/" and "=" not in separator) or _closes(text, match, start):
        return False
    if lower in ("pass", "pw", "pwd"):  # a test has passed, the working directory is ...
        strong = _STRONG.search(text, *match.span("bare" if match["quote"] is None else "quoted"))
        if strong is None or (name.isupper() and match["separator"] != "="):
            return False
    if separator in {",", "("}:
        return match["close"] is not None if separator == "," else lower.removeprefix("set") == "password"
    if not separator:
        return _is_followed(text, match, start, name)
    return not lower.endswith("psk") or match["quote"] is not None or "-" not in lower


def _closes(text: str, match: re.Match[str], start: int) -> bool:
    """Return whether the quote after a name is the end of a text that the name is in: `read -p "Password: " word`."""
    quote = match["quote"] or text[match.start("bare")]
    if match["close"] or quote not in ('"', "'"):
        return False
    return text[max(0, start - _LINE) : start].rpartition("\n")[2].count(quote) % 2 == 1


def _is_followed(text: str, match: re.Match[str], start: int, name: str) -> bool:
    """Return whether a name is one whose value follows after a blank: an option, the first word of a line, a login."""
    if match["quote"] is None and match["close"]:
        return False
    if name.startswith("-") or (_begins_line(text, start) and text[start - 1 : start] not in ("$", "{")):
        return True
    kind = kind_of(name)
    if kind is not Kind.PASSWORD or name.lower().endswith("psk") or text[start - 1 : start] not in (" ", "\t", "("):
        return match["quote"] is not None and (match["close"] is not None or name.lower().endswith("psk"))
    return match["quote"] is not None or _LOGIN.search(text, max(0, start - _LINE), start) is not None


def _listed(text: str, match: re.Match[str], start: int) -> tuple[int, int] | None:
    """Return where the value is in a list of variables, where quotes are around name and value; None if in none."""
    quote, begin = text[start - 1 : start], match.start("bare")
    if match["close"] or quote not in ('"', "'") or "=" not in match["separator"]:
        return None
    end = text.find(quote, begin, begin + 1000)
    value = text[begin:end]
    if end < 0 or "\n" in value or (" " in value and not text[start : match.end("word")].isupper()):
        return None
    return begin, end - (text[end - 1] == "\\")


def _bare(text: str, match: re.Match[str], start: int) -> tuple[int, int, Place]:
    """Return where a value without quotes begins and ends, and how it is written; its name begins at `start`."""
    begin, end = match.span("bare")
    separator = match["separator"].strip()
    begins_line = _begins_line(text, start)
    if text[begin] == "`":
        closing = text.find("`", begin + 1, end)
        begin, end = (begin + 1, closing) if closing >= 0 else (begin, begin)  # else a command whose output it is
    if text[start - 1 : start] in ("?", "&"):
        end = _cut(text, begin, end, _CUT_IN_QUERY)
    elif begins_line and separator:
        begin += text[begin] in "\"'"
        pipe = text.find("|", begin, end)
        end = pipe if pipe >= 0 else end
        while end > begin and (text[end - 1] in ",;`" or (text[end - 1] == ")" and "(" not in text[begin:end])):
            end -= 1
    elif " for " not in match["separator"]:
        end = _cut(text, begin, end, _CUT)
    if "=" in separator and match["separator"] == separator:
        return begin, end, Place.ASSIGNED
    is_announced = separator.startswith(("is", "was")) and any(map(str.isdigit, text[begin:end]))
    if separator and (begins_line or is_announced) and _TRAIL.match(text, end):
        return begin, end, Place.ALONE
    return begin, end if separator != "|" else begin, Place.MENTIONED


def _cut(text: str, begin: int, end: int, at: re.Pattern[str]) -> int:
    """Return where a value that begins at `begin` ends, at the latest at `end`."""
    sign = at.search(text, begin, end)
    end = sign.start() if sign else end
    while end > begin and text[end - 1] in ".:!?":
        end -= 1
    return end
