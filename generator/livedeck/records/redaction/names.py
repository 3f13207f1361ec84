"""Which names say that their value is a secret: `DB_PASS`, `secretKey`, `x-api-key`, `비밀번호`."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache


class Kind(Enum):
    """What a name says of its value; the value of the member is the rule that takes it out."""

    PASSWORD = "password"  # noqa: S105 (the name of a rule)
    SECRET = "secret"  # noqa: S105
    KEY = "api-key"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PASSWORD = _words(
    """password passwd passphrase passcode pass pwd pw psk passwort kennwort senha contraseña clave пароль hasło heslo
    parola lösenord wachtwoord salasana jelszó adgangskode şifre 비밀번호 패스워드 암호 パスワード 暗証番号
    密码 密碼 口令"""
)
_SECRET = _words("secret token credential credentials 토큰 시크릿 トークン シークレット 令牌")
_KEY = _words("api키 비밀키 시크릿키 apiキー 秘密鍵 密钥")
# Written as one word.
_COMPOUND = re.compile(
    r"(?P<password>[a-z]*(?:password|passwd|passphrase|passwort)|masterauth|authtok|motdepasse"
    r"|(?:db|root|user|my|admin|ftp|smtp|mail|key|store|require|master|sql|http|ldap|bind|ssh)(?:pass|pwd|pw))"
    r"|(?P<secret>(?:access|api|app|auth|bearer|bot|client|consumer|csrf|deploy|github|gitlab|id|identity|jwt|oauth"
    r"|personal|refresh|registry|root|security|service|session|user|xsrf|web)(?:token|secret))"
    r"|(?P<key>(?:access|account|admin|api|app|auth|client|encryption|license|master|private|secret|service|shared|sign"
    r"|signing|storage)key)"
)
# Databases, caches and keyboards have keys, too. One of these words makes a key a secret,
_SECRET_KEYS = _words(
    """access account admin api app application auth authentication authorization certificate client consumer
    credential decryption deploy developer encryption hmac ingest integration jwt license live master preshared private
    read recovery rest root sdk secret server service session shared signing storage subscription transport unlock
    unseal webhook write"""
)
# and in the name of a variable any other, such as that of a vendor, but these.
_OPEN_KEYS = _words(
    """cache foreign gpg group hash host idempotency index kms lookup object partition pgp primary public query range
    row routing sort ssh template trusted unique verify"""
)
# Such tokens open nothing: they lead to the next page, or are what a parser reads.
_OPEN_TOKENS = _words(
    """cancel cancellation continuation continue delimiter max next page pagination parse public resume start sync
    unexpected"""
)
_PASSED_ON = _words("fastcgi grpc memcached proxy scgi uwsgi")  # `proxy_pass` of nginx
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# `secretValue`, `client-key-data`, `DB_PASSWORD_PROD`, `PASSWORD_2`: the word before says what it is.
_TAIL = _words("value data string text plain base64 raw base prod production dev staging live db admin root")


@lru_cache(maxsize=4096)
def kind_of(name: str) -> Kind | None:
    """Return what a name says of its value; None if nothing. Words are apart by blanks, signs or capital letters."""
    lower = name.lower().replace(" ", "")
    for words, kind in ((_PASSWORD, Kind.PASSWORD), (_SECRET, Kind.SECRET), (_KEY, Kind.KEY)):
        if not name.isascii() and any(lower.endswith(word) for word in words if not word.isascii()):
            return kind
    parts = [word.lower() for word in _WORD.findall(name)]
    while len(parts) > 1 and (parts[-1].isdigit() or parts[-1] in _TAIL):
        parts.pop()
    before, last = ["", "", *parts][-2:]
    if last in _PASSWORD:
        return None if last == "pass" and before in _PASSED_ON and name.islower() else Kind.PASSWORD
    if last in _SECRET:
        return None if last == "token" and before in _OPEN_TOKENS else Kind.SECRET
    if last == "key":
        is_variable = name.isupper() and "_" in name
        return Kind.KEY if before in _SECRET_KEYS or (is_variable and before not in _OPEN_KEYS) else None
    compound = _COMPOUND.fullmatch(last) or (_COMPOUND.fullmatch(lower) if " " in name else None)
    return Kind[str(compound.lastgroup).upper()] if compound else None
