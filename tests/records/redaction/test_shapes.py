"""Secrets of a known shape: each is found, what is nearly one is not, and the time grows with the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from livedeck.records.redaction import shaped
from livedeck.records.redaction.shapes import SHAPES

from tests.records.redaction.samples import samples, secret


def found(text: str) -> list[tuple[str, str]]:
    """Return the rules and the secrets of a text."""
    return [(one.rule, text[one.start : one.end]) for one in shaped.found(text)]


def hidden(rule: str, secret: str) -> str:
    """Return what of a sample is replaced: all but the name of a parameter."""
    return secret.partition("=")[2] if "Key=" in secret or "Token=" in secret or rule == "url-signature" else secret


_AROUND = ("{}", "  key: {}", '"{}",', "`{}`.", "A_TOKEN={};", "https://host.example/?t={}&u=1", "비밀 {}입니다")
_ESCAPED = (r"a\n{}\n", "t%3D{}&", "\x1b[1m{}\x1b[0m")


def test_a_secret_of_every_shape_is_found_wherever_it_is() -> None:
    starts = tuple(start for shape in SHAPES for start in shape.starts)
    for rule, one in samples():
        for text in (*_AROUND, *(_ESCAPED if one.startswith(starts) else ())):
            assert found(text.format(one)) == [(rule, hidden(rule, one))], text.format(one)


def test_every_shape_has_a_sample() -> None:
    done = samples()
    for shape in SHAPES:
        assert any(rule == shape.rule and one.startswith(shape.starts or "") for rule, one in done), shape


def test_what_is_nearly_a_secret_is_none() -> None:
    for rule, one in samples():
        whole = hidden(rule, one)
        for text in (one[:-1], one[1:], f"x{one}"):
            assert whole not in [value for _, value in found(text)], text
            assert text not in [value for _, value in found(text)], text


@pytest.mark.parametrize(
    "text",
    [
        "ghp_" + "x" * 36,
        "AKIA" + "*" * 16,
        "AKIA" + "X" * 16,
        "sk-...",
        "glpat-" + "X" * 20,
        "export GITHUB_TOKEN=<token>",
        "xoxb-your-bot-token-goes-here",
        "hooks.slack.com/services/T00000000/B00000000/" + "X" * 24,
        "SWMTKN-1-" + "x" * 50 + "-" + "x" * 25,
        "pk_live_" + secret("{A24}"),
        "FLWPUBK_TEST-" + secret("{h32}") + "-X",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0",
        "sha256:" + secret("{h64}"),
        secret("{uuid}"),
        secret("commit {h40}"),
        "MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7Vd0kWq8xZ2Lr5mT9nYpH3uJ6fKcGbE1aXsD4vQ me@host",
        "libgcc-12-dev npm_config_registry hf_transfer sk_buff_head_init glc_context_create_with_attributes",
        "the Basic authentication scheme, a Bearer authentication-token, basic knowledge-of-programming",
        'WWW-Authenticate: Bearer realm="https://auth.example/token",service="registry.example"',
        'curl -H "Authorization: Bearer $TOKEN" -H "Authorization: Bearer <token>"',
        "Authorization: Bearer YOUR_TOKEN",
        "Authorization: required, authorization: enabled",
        "X-Registry-Auth: base64-encoded",
        "docker secret create my-secret.configurationfile1",
        "0001-Fix-libdav1d-compilation-on-clang-ppc.patch",
    ],
)
def test_ordinary_text_and_placeholders_stay(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("rule", "text", "value"),
    [
        ("authorization", "Authorization: Bearer {}", "mF_9.B5f-4.1JqM"),
        ("authorization", 'curl -H "Authorization: token {}"', "{h40}"),
        ("authorization", "proxy-authorization: Basic {}", "dXNlcjpwYXNzd29yZA=="),
        ("authorization", "'Authorization': 'Basic {}'", "YWRtaW46YWRtaW4="),
        ("github-token", "export GH_TOKEN={}", "github_pat_{A22}_{A59}"),
        ("authorization", "< AUTHORIZATION: ApiKey {}", "{A20}"),
        ("authorization", "Authorization: {}", "{A20}"),
        ("authorization", "it sends bearer {} then", "{A24}"),
        ("github-token", "Authorization: Bearer {}", "ghp_{A36}"),
        ("jwt", "Authorization: Bearer {}", "eyJ{w20}.eyJ{w20}.{w43}"),
        ("registry-credential", "X-Registry-Auth: {}", "eyJ1c2VybmFtZSI6Im1lIn0="),
        ("kubernetes-token", "kubeadm join 10.0.0.1:6443 --token {} \\", "k3v9t0.{l16}"),
        ("kubernetes-token", "$ kubeadm token create\n{}", "k3v9t0.{l16}"),
        (
            "kubernetes-token",
            "{}   23h   authentication,signing   <none>   system:bootstrappers:kubeadm",
            "k3v9t0.{l16}",
        ),
        ("vault-key", "Unseal Key 1: {}", "{b43}="),
        ("aws-key", "AWS_ACCESS_KEY_ID={}", "AKIAIOSFODNN7EXAMPLE"),
        ("telegram-token", "https://api.example/{}/getMe", "bot{d10}:AA{w33}"),
        ("gitlab-token", "glab auth login -t {}", "glpat-{w27}.01.{l9}"),
        ("telegram-token", "TELEGRAM={}", "{d10}:AA{w33}"),
        ("npm-token", "//registry.example/:_authToken={}", "npm_{A36}"),
        ("password-hash", "root:{}:19700:0:99999:7:::", "$y$j9T${c22}${c43}"),
    ],
)
def test_words_and_protocols_around_a_secret_stay(rule: str, text: str, value: str) -> None:
    assert found(text.format(secret(value))) == [(rule, secret(value))]


def test_several_secrets_of_a_text_are_all_found() -> None:
    first, second = secret("glpat-{w20}"), secret("AKIA{B16}")
    text = f"a {first},{second}\n\n{first}\n"
    assert [value for _, value in found(text)] == [first, second, first]


@pytest.mark.parametrize(
    "part",
    [
        *("eyJ", "eyJ-", "eyJeyJ.", "eyJ.", "ghp_", "ghp_-", "xox-", "xoxb-", "sk-", "sk-ant-", "glpat-", "v2.public."),
        *("a.", "a/", ".", "$", "$1$", "%20", "\\n", ":AA", "-us", "Q~", "+ASt", "AAAA:", "1//0", "ops_eyJ/", "fm2_+"),
        *("Bearer ", "Bearer a.", "Authorization: ", "Authorization: Bearer a", "token abcdef.", "abcdef.0\n", "한국 "),
        *(secret(f"ghp_{{A36}}{end}") for end in ("", " ", "-", ".", "/")),
        *(secret(f"eyJ{{w20}}.eyJ{{w20}}.{{w43}}{end}") for end in ("", " ", "-", ".")),
    ],
)
def test_the_time_grows_with_the_text(part: str) -> None:
    def seconds(size: int) -> float:
        text = part * (size // len(part))
        times = []
        for _ in range(3):
            began = time.process_time()
            list(shaped.found(text))
            times.append(time.process_time() - began)
        return min(times)

    seconds(1_000)
    assert seconds(160_000) < 8 * 3 * seconds(20_000) + 0.02  # 64 times would be quadratic


_PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from([start for shape in SHAPES for start in shape.starts]),
    st.sampled_from([one for _, one in samples()]),
    st.sampled_from(["\n", " ", ".", "-", "=", "Bearer ", "Authorization: Basic ", "token ", "\\n", "%3D", "\x1b[1m"]),
)


@given(st.lists(_PIECES, max_size=12).map("".join))
def test_any_text_gives_ordered_places_of_single_lines(text: str) -> None:
    done = list(shaped.found(text))
    assert done == sorted(done)
    for one in done:
        assert 0 <= one.start < one.end <= len(text)
        assert "\n" not in text[one.start : one.end]
        assert one.rule
