"""Redaction: every shape of secret goes, and what only looks like one stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from livedeck.errors import ClaimError, Problems, StepError, UsageError
from livedeck.model import Capture, Location
from livedeck.records.redaction import Operator, redactor
from msgspec import structs

X40, X36, X50, X25 = "aB3dE6gH9kLmN0pQ1rS2" * 2, "aB3dE6gH9kLmN0pQ1rS2aB3dE6gH9kLmN0pQ", "a1" * 25, "b2c3d" * 5

SECRETS = [
    ("aws-key", "export KEY_ID is AKIAIOSFODNN7EXAMPLE ok", "AKIAIOSFODNN7EXAMPLE"),
    ("github-token", f"remote: ghp_{X36}", f"ghp_{X36}"),
    ("github-token", f"github_pat_{X40}", f"github_pat_{X40}"),
    ("gitlab-token", "glpat-abcDEF123456ghiJKL78", "glpat-abcDEF123456ghiJKL78"),
    ("docker-token", "docker login -u me dckr_pat_abcDEF123456ghiJKL78", "dckr_pat_abcDEF123456ghiJKL78"),
    ("swarm-token", f"docker swarm join --token SWMTKN-1-{X50}-{X25} 10.0.0.1:2377", f"SWMTKN-1-{X50}-{X25}"),
    ("slack-token", "xoxb-123456789012-abcdefghij", "xoxb-123456789012-abcdefghij"),
    ("npm-token", f"npm_{X36}", f"npm_{X36}"),
    ("pypi-token", f"pypi-AgEIcHlwaS5vcmc{X40}", f"pypi-AgEIcHlwaS5vcmc{X40}"),
    ("google-key", f"AIza{X36[:35]}", f"AIza{X36[:35]}"),
    ("jwt", "eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeKKF2QT4", "eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeKKF2QT4"),
    ("authorization", "Authorization: Bearer abcdefghijklmnop1234", "abcdefghijklmnop1234"),
    ("authorization", "Authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA=="),
    ("url-password", "git clone https://me:s3cr3t@example.com/x.git", "s3cr3t"),
    ("registry-credential", '"auths": {"r": {"auth": "dXNlcjpwYXNz"}}', "dXNlcjpwYXNz"),
    ("registry-credential", '"identitytoken":"abc.def"', "abc.def"),
    (
        "password-hash",
        "svc:1107:aad3b435b51404eeaad3b435b51404ee:49b63824d2b825f576857e09f05bf056:::",
        "aad3b435b51404ee",
    ),
    ("password", "MYSQL_ROOT_PASSWORD=hunter22", "hunter22"),
    ("password", '"DB_PASSWORD": "hunter22",', "hunter22"),
    ("password", "docker login --password hunter22 r.example", "hunter22"),
    ("password", "+ export DB_PASS='two words 7'", "two words 7"),
    ("password", '    "Env": ["DB_PASSWORD=a b,c"],', "a b,c"),
    ("password", "PASSPHRASE: hunter22  # of the key", "hunter22"),
    ("password", "비밀번호: hunter22", "hunter22"),
    ("password", "パスワード\uff1ahunter22", "hunter22"),
    ("password", "A temporary password is generated for root@localhost: k)r4TqLw<9vz", "k)r4TqLw<9vz"),
    ("password", "ALTER USER a IDENTIFIED BY 'it''s-7';", "it''s-7"),
    ("password", "- name: DB_PASSWORD\n  value: hunter22", "hunter22"),
    ("password", "$ echo $DB_PASSWORD\nhunter22", "hunter22"),
    ("api-key", "aws_secret_access_key = wJalrXUtnFEMI", "wJalrXUtnFEMI"),
    ("api-key", "secretKey: abcd1234efgh", "abcd1234efgh"),
    ("secret", "https://x.example/?a=b&token=abc123def456&c=d", "abc123def456"),
    ("secret", '{\\"client_secret\\":\\"abc123def456\\"}', "abc123def456"),
    ("kubernetes-token", "kubeadm join --token abcdef.0123456789abcdef", "abcdef.0123456789abcdef"),
    ("password-option", "docker login -u me -p hunter2", "hunter2"),
    ("password-option", "mysql -u root -phunter2 shop", "hunter2"),
    ("password-option", "curl -u me:hunter2 https://x.example", "hunter2"),
    ("password-option", "$ echo hunter22 | docker login -u me --password-stdin", "hunter22"),
]
HARMLESS = [
    "sha256:2bcabc23b45489fb0885d69a06ba1d648aeda973fae7bb981bafbb884165e514",
    "237e34821eea34627bc4de44741318a45a386d3d76c249ff958cad89b0ffb176",
    '237e34821eea   nginx     "/docker-entrypoint.…"   2 weeks ago   Up 3 hours   0.0.0.0:80->80/tcp   nx',
    "drwx--x---  4 root root  4096 Jun 17 06:01 d060bd3b029045629a36a42774c68afc43716d9bfdbbb2bcca810e530262e604",
    "Deleted: sha256:25d5349823915cda37e5cb03dc0e3520ca689fa9c9c67dae71e2168d9cb1f00e",
    "c0ffee00-1234-4abc-8def-0123456789ab",
    "docker login --username me --password-stdin",
    "mysql -p$MYSQL_ROOT_PASSWORD",
    "MYSQL_PASSWORD=$(cat /run/secrets/db)",
    "docker run -e POSTGRES_PASSWORD=$PW postgres",
    "Enter password:",
    "docker secret ls",
    "http://localhost:8080/path",
    "docker.io/library/nginx:latest",
    "ID=8kV2mJ3nQ4rS5tU6vW7xY8zA9bC0dE1f",
]


@pytest.mark.parametrize(("rule", "line", "secret"), SECRETS)
def test_a_secret_goes_and_is_counted(rule: str, line: str, secret: str) -> None:
    made = redactor({}, (), Operator())
    done = made.text(line)
    assert secret not in done
    assert "<redacted:" in done
    assert sum(made.counts.values()) >= 1
    assert made.text(done) == done
    assert rule in made.counts


@pytest.mark.parametrize("line", HARMLESS)
def test_what_is_not_a_secret_stays(line: str) -> None:
    made = redactor({}, (), Operator())
    assert made.text(line) == line
    assert not made.counts


def test_a_private_key_goes_whole_and_lines_stay_as_many() -> None:
    key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\nAAAA\n-----END OPENSSH PRIVATE KEY-----"
    lines = ["before", *key.split("\n"), "after", f"one line {key.replace(chr(10), ' ')} end"]
    done = redactor({}, (), Operator()).lines(lines)
    assert len(done) == len(lines)
    assert (done[0], done[5]) == ("before", "after")
    assert "b3BlbnNzaC1rZXk" not in "\n".join(done)
    assert done[6] == "one line <redacted:private-key> end"


def test_the_operator_is_not_on_slides() -> None:
    made = redactor({}, (), Operator("alice", "/home/alice", "ubuntu"))
    assert made.text("alice@box:/home/alice/x$ ls -l alice") == "ubuntu@box:/home/ubuntu/x$ ls -l ubuntu"
    assert (
        made.text("malice alice-smith /home/alice-smith /var/alice2")
        == "malice alice-smith /home/alice-smith /var/alice2"
    )
    assert made.counts["operator"] == 3


def test_a_course_has_rules_and_exceptions_of_its_own() -> None:
    made = redactor({"account": r"\b\d{12}\b"}, ("my-secret-pw",), Operator())
    assert (
        made.text("123456789012 MYSQL_ROOT_PASSWORD=my-secret-pw")
        == "<redacted:account> MYSQL_ROOT_PASSWORD=my-secret-pw"
    )
    for bad in ("(", "x*"):
        with pytest.raises(UsageError, match=r"redact\.rules\.mine"):
            redactor({"mine": bad}, (), Operator())


def test_captures_and_errors_are_redacted_whole() -> None:
    made = redactor({}, (), Operator())
    line = "PASSWORD=hunter22"
    done = made.capture(Capture("$ ", f"echo {line}", (line, "x"), 0, 1.0, 3, 1))
    assert done == Capture("$ ", f"echo {line}", ("PASSWORD=<redacted:password>", "x"), 0, 1.0, 3, 1)
    at = Location("deck.md", 3)
    error = made.error(Problems([StepError(line, at=at, hint=line, detail=[line]), ClaimError(line, at=at)]))
    assert isinstance(error, Problems)
    assert [type(part) for part in error.errors] == [StepError, ClaimError]
    assert "hunter22" not in str([(p.message, p.hint, p.detail) for p in error.errors])
    assert error.errors[0].at == at


def test_a_failed_line_a_prompt_of_lines_and_styles_stay_with_what_is_shown() -> None:
    made = redactor({}, (), Operator())
    line = "ERROR: PASSWORD=hunter22"
    capture = Capture(f"{line}\n> ", "x", ("ok", line), None, 1.0, program=True, failed=line)
    done = made.capture(structs.replace(capture, styles={0: "0-2 32", 1: "0-5 31"}))
    hidden = "ERROR: PASSWORD=<redacted:password>"
    assert (done.prompt, done.output, done.failed) == (f"{hidden}\n> ", ("ok", hidden), hidden)
    assert done.styles == {0: "0-2 32"}
    key = ("-----BEGIN PRIVATE KEY-----", "oops", "-----END PRIVATE KEY-----")
    done = made.capture(structs.replace(capture, output=key, failed="oops"))
    assert done.failed in done.output


@given(st.lists(st.text(st.characters(exclude_characters="\n"), max_size=60), max_size=6))
def test_any_text_keeps_its_lines_and_is_done_once(lines: list[str]) -> None:
    made = redactor({}, (), Operator("alice", "/home/alice"))
    done = made.lines(lines)
    assert len(done) == len(lines)
    assert made.lines(done) == done
