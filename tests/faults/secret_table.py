"""Secrets by rule, and what only looks like one. None of them is anybody's."""

from __future__ import annotations

_A = "Ab3dE6gH9kLmN0pQ1rS2tU4vW5xY7zC8fJ" * 4
_LOW = "abcde" * 20

SECRETS: dict[str, tuple[str, str]] = {
    "aws key": ("aws-key", "AKIA" + "A1B2C3D4E5F6G7H2"),
    "aws temporary key": ("aws-key", "ASIA" + "A1B2C3D4E5F6G7H2"),
    "github personal": ("github-token", "ghp_" + _A[:36]),
    "github oauth": ("github-token", "gho_" + _A[:36]),
    "github user": ("github-token", "ghu_" + _A[:36]),
    "github server": ("github-token", "ghs_" + _A[:40]),
    "github refresh": ("github-token", "ghr_" + _A[:76]),
    "github fine": ("github-token", "github_pat_" + _A[:82]),
    "gitlab personal": ("gitlab-token", "glpat-" + _A[:20]),
    "gitlab deploy": ("gitlab-token", "gldt-" + _A[:20]),
    "gitlab runner": ("gitlab-token", "glrt-" + _A[:20]),
    "gitlab job": ("gitlab-token", "glcbt-" + _A[:20]),
    "docker personal": ("docker-token", "dckr_pat_" + _A[:27]),
    "docker organisation": ("docker-token", "dckr_oat_" + _A[:32]),
    "swarm": ("swarm-token", "SWMTKN-1-" + _LOW[:50] + "-" + _LOW[:25]),
    "slack bot": ("slack-token", "xoxb-123456789012-1234567890123-" + _A[:24]),
    "slack user": ("slack-token", "xoxp-123456789012-1234567890123-1234567890123-" + _A[:32]),
    "npm": ("npm-token", "npm_" + _A[:36]),
    "pypi": ("pypi-token", "pypi-AgEI" + _A[:60]),
    "google": ("google-key", "AIza" + _A[:35]),
    "jwt": ("jwt", "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl"),
}
"""A rule and a secret that goes wherever it stands."""

INSIDE: dict[str, tuple[str, str, str]] = {
    "bearer": ("authorization", "Authorization: Bearer {}", _A[:30]),
    "basic": ("authorization", "Authorization: Basic {}", "dXNlcjpwYXNzd29yZA=="),
    "lower case bearer": ("authorization", "authorization: bearer {}", _A[:30]),
    "address": ("url-password", "https://me:{}@registry.example/v2", "hunter2x"),
    "database address": ("url-password", "postgres://app:{}@db:5432/app", "hunter2y"),
    "auth": ("registry-credential", '"auth": "{}"', "bWU6aHVudGVyMg=="),
    "identity token": ("registry-credential", '"identitytoken":"{}"', "abc.def"),
    "password": ("password", "password={}", "hunter2a"),
    "variable": ("password", "MYSQL_ROOT_PASSWORD={}", "hunter2b"),
    "colon": ("password", "db_password: {}", "hunter2c"),
    "quoted key": ("secret", '"client_secret": "{}"', "hunter2d"),
    "api key": ("api-key", "x-api-key: {}", "hunter2e"),
    "access key": ("api-key", "aws_secret_access_key={}", "hunter2f/+="),
    "option": ("password", "--password {}", "hunter2g"),
    "option with a name": ("password", "mysql --root-password {}", "hunter2h"),
    "token option": ("secret", "swarm join --token {}", "hunter2i"),
    "login": ("password-option", "docker login -u me -p {}", "hunter2j"),
}
"""A rule, the words around a secret, and the secret."""

NEAR = {
    "a digest": "sha256:2bcabc23b45489fb0885d69a06ba1d648aeda973fae7bb981bafbb884165e514",
    "an id": "3f1c4a5b6d7e",
    "a long id": "3f1c4a5b6d7e" * 5 + "abcd",
    "a short aws key": "AKIA" + "A1B2" * 3,
    "a long aws key": "AKIA" + "B2C3" * 5,
    "a short github token": "ghp_" + _A[:20],
    "the prefix alone": "dckr_pat_",
    "a short npm token": "npm_" + _A[:10],
    "two parts of three": "eyJhbGciOiJI.eyJzdWIiOiIx",
    "a port": "http://localhost:8080/x@y",
    "a user without a password": "ssh://git@github.com/x",
    "the word": "the password is taught",
    "a variable as value": "password=$PASSWORD",
    "a placeholder": "password=<your-password>",
    "stars": "password=***",
    "a flag": "--password-stdin --quiet",
    "another word": "passwordless: login is off",
    "bearer of news": "bearer of news",
    "a public key": "-----BEGIN PUBLIC KEY-----",
    "a volume": "docker run -p 8080:80 nginx",
    "a bracket": "token=[none]",
    "an image": "docker.io/library/nginx:1.29@sha256",
}
KEYS = {
    name: (f"-----BEGIN {kind}PRIVATE KEY{block}-----", "c2VjcmV0a2V5bGluZQ", f"-----END {kind}PRIVATE KEY{block}-----")
    for name, kind, block in (
        ("pkcs8", "", ""),
        ("rsa", "RSA ", ""),
        ("ec", "EC ", ""),
        ("openssh", "OPENSSH ", ""),
        ("encrypted", "ENCRYPTED ", ""),
        ("pgp", "PGP ", " BLOCK"),
    )
}
