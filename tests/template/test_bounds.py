"""Content that would break a parser, or take all time or memory: an error with file and line, or it works."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

import pytest
from livedeck.errors import LivedeckError
from livedeck.model import Capture, Key, Step

from tests.conftest import hostile
from tests.template.stage import FIRST, FRONT, PATH, Bash, attempt, body, parts, play, prints

NESTED = "{% for a in range(99999) %}{% for b in range(99999) %}"
GROW = "{% set n = namespace(v=%s) %}{% for i in range(99) %}{% set n.v = %s %}{% endfor %}{{ n.v | length }}"


def grown(first: str, then: str) -> str:
    return GROW.replace("%s", first, 1).replace("%s", then, 1)


TOO_MUCH: Mapping[str, str] = {
    "loops in loops": NESTED + "{% endfor %}{% endfor %}",
    "loops with text": NESTED + "some text" + "{% endfor %}{% endfor %}",
    "loops with values": NESTED + "{{ a }}" + "{% endfor %}{% endfor %}",
    "a loop of much text": "{% for a in range(90000) %}" + "x" * 1000 + "{% endfor %}",
    "a range beyond all": "{% for a in range(10**9) %}{% endfor %}",
    "text times": "{{ 'a' * 10**9 }}",
    "times text": "{{ 10**9 * 'a' }}",
    "a list times": "{{ ([1] * 10**9) | length }}",
    "a tuple times": "{{ ((1, 2) * 10**9) | length }}",
    "a list of long texts times": "{{ (['a' * 1000] * 100000) | length }}",
    "a power": "{{ 10 ** (10 ** 8) }}",
    "a power of powers": "{{ ((9**999)**999)**999 }}",
    "a product of powers": "{{ 9**3000 * 9**3000 }}",
    "a percent width": "{{ '%1000000000d' % 1 }}",
    "a percent precision": "{{ '%.1000000000f' % 1.5 }}",
    "a percent star": "{{ '%*d' % (10**9, 1) }}",
    "a percent of digits": "{{ '%" + "9" * 5000 + "d' % 1 }}",
    "percent of a mapping": "{{ ('%(a)s' * 9000) % {'a': 'x' * 9000} }}",
    "the filter format": "{{ '%1000000000d' | format(1) }}",
    "format a width": "{{ '{:1000000000}'.format(1) }}",
    "format a nested width": "{{ '{:{}}'.format(1, 10**9) }}",
    "format many": "{{ ('{0}' * 9000).format('x' * 9000) }}",
    "format_map a width": "{{ '{a:>1000000000}'.format_map({'a': 1}) }}",
    "ljust": "{{ 'x'.ljust(10**9) }}",
    "rjust": "{{ 'x'.rjust(10**9) }}",
    "center()": "{{ 'x'.center(10**9) }}",
    "zfill": "{{ 'x'.zfill(10**9) }}",
    "expandtabs": "{{ '\\t\\t'.expandtabs(10**9) }}",
    "many tabs": "{{ ('\\t' * 9000).expandtabs(9000) }}",
    "join of a range": "{{ ('x' * 999).join('y' * 9000) }}",
    "replace grows": "{{ ('x' * 9000).replace('x', 'y' * 9000) }}",
    "replace nothing grows": "{{ ('x' * 9000).replace('', 'y' * 9000) }}",
    "translate": "{{ 'aaa'.translate({97: 'b'}) }}",
    "to_bytes": "{{ (1).to_bytes(10**9, 'big') }}",
    "fromkeys": "{{ {}.fromkeys(range(99999)) }}",
    "ljust of HTML": "{{ ('x' | e).ljust(10**9) }}",
    "tabs of HTML": "{{ (('\\t' * 9000) | e).expandtabs(9000) }}",
    "tags of HTML": "{{ (('<!---->' * 50000) | safe).striptags() }}",
    "a named width": "{{ ('\\t' * 9000).expandtabs(tabsize=9000) }}",
    "rfind": "{{ ('a' * 300000).rfind('b' ~ 'a' * 150000) }}",
    "punycode": "{{ ('a' * 300000).encode().decode('punycode') }}",
    "a named encoding": "{{ ('a' * 300000).encode(encoding='punycode') }}",
    "a loop that leaves out": "{% for a in range(9) %}{% for b in range(99999) if false %}{% endfor %}{% endfor %}",
    "comparisons": "{{ [" + "1 in [], " * 200001 + "] | length }}",
    "bytes ljust": "{{ 'x'.encode().ljust(10**9) }}",
    "bytes times": "{{ 'x'.encode() * 10**9 }}",
    "| center": "{{ 'x' | center(10**9) }}",
    "| indent": "{{ ('x\\n' * 9000) | indent(9000) }}",
    "| indent with a text": "{{ ('x\\n' * 9000) | indent('y' * 9000) }}",
    "| batch": "{{ [1] | batch(10**9, 0) | list | length }}",
    "| slice": "{{ [1] | slice(10**9) | list | length }}",
    "| tojson": "{{ [[1]] | tojson(10**9) }}",
    "| tojson of much": "{{ ([[1]] * 90000) | tojson(9000) }}",
    "| replace": "{{ ('x' * 9000) | replace('x', 'y' * 9000) }}",
    "| join": "{{ range(9000) | join('y' * 9000) }}",
    "| map | join": "{{ range(99999) | map('string') | map('center', 9000) | join }}",
    "| map of filters": "{{ ['x'] | map('center', 10**9) | first }}",
    "| round up": "{{ 1.5 | round(10**9, 'ceil') }}",
    "| wordwrap": "{{ ('x' * 9000) | wordwrap(1, wrapstring='y' * 9000) }}",
    "| urlize": "{{ ('http://a.b ' * 9000) | urlize }}",
    "| striptags": "{{ ('<!--' * 9000) | striptags }}",
    "| sum of lists": "{{ ([[1]] * 90000) | sum(start=[]) | length }}",
    "| int of many digits": "{{ ('f' * 90000) | int(0, 16) }}",
    "| list of texts": "{{ range(99999) | map('string') | map('center', 9000) | list | length }}",
    "a text doubled": grown("'x'", "n.v ~ n.v"),
    "a text doubled by +": grown("'x'", "n.v + n.v"),
    "a list doubled": grown("[1]", "n.v + n.v"),
    "a list of itself": grown("[1]", "[n.v, n.v]"),
    "a tuple of itself": grown("(1,)", "(n.v, n.v)"),
    "a dict of itself": grown("{}", "{'a': n.v, 'b': n.v}"),
    "a list ever deeper": grown("[1]", "[n.v]"),
    "a number squared": grown("3", "n.v * n.v").replace(" | length", ""),
    "a format doubled": grown("'x'", "'%s%s' % (n.v, n.v)"),
    "a set block doubled": "{% macro m(x, n) %}{% if n %}{{ m(x ~ x, n - 1) }}{% endif %}{% endmacro %}"
    "{{ m('x', 40) }}",
    "star arguments": "{{ '{}'.format(*(range(99999) | map('string') | map('center', 9000))) }}",
    "a macro that calls itself": "{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}",
    "a macro that calls twice": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}"
    "{{ m(40) }}",
    "a recursive loop": "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "a loop that asks its length": "{% for a in range(99999) | map('string') | map('center', 9000) %}"
    "{{ loop.length }}{% endfor %}",
    "many values": "{% for a in range(30000) %}{{ a }} {% endfor %}",
    "many slides": "{% for a in range(30000) %}\n---\n\n{{ a }}\n\n{% endfor %}\n",
    "many steps": "{% for a in range(30000) %}\n```bash run\ntrue\n```\n{% endfor %}\n",
    "a condition": "{% if 'a' * 10**9 %}yes{% endif %}",
    "a claim": "{% claim 'a' * 10**9 %}yes{% endclaim %}",
    "the part of a claim": "{% claim ('a' * 10**9) == 'b' %}yes{% endclaim %}",
    "a test of a loop": "{% for a in [1] if 'a' * 10**9 %}x{% endfor %}",
    "a default of a macro": "{% macro m(a='a' * 10**9) %}x{% endmacro %}{{ m() }}",
    "an expanded fence": "```bash run expand\necho {{ 'a' * 10**9 }}\n```\n",
    "loops in an expanded fence": f"```bash run expand\n{NESTED}x{{% endfor %}}{{% endfor %}}\n```\n",
}

UNREADABLE: Mapping[str, str] = {
    "500 brackets": "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
    "500 lists": "{{ " + "[" * 500 + "]" * 500 + " }}",
    "500 brackets, open": "{{ " + "(" * 500 + " }}",
    "a number beyond numbers": "{{ 1e999 }}",
    "5,000 sums": "{{ 1" + " + 1" * 5000 + " }}",
    "5,000 filters": "{{ 'a'" + " | upper" * 5000 + " }}",
    "5,000 parts": "{{ a" + ".b" * 5000 + " }}",
    "5,000 items": "{{ [1]" + "[0]" * 5000 + " }}",
    "5,000 calls": "{{ range" + "()" * 5000 + " }}",
    "5,000 not": "{{ " + "not " * 5000 + "1 }}",
    "5,000 minus": "{{ " + "-" * 5000 + "1 }}",
    "5,000 and": "{{ 1" + " and 1" * 5000 + " }}",
    "5,000 powers": "{{ 1" + " ** 1" * 5000 + " }}",
    "5,000 else": "{{ 1" + " if 1 else 1" * 5000 + " }}",
    "a number of 5,000 digits": "{{ " + "9" * 5000 + " }}",
    "a hex number": "{{ 0x" + "f" * 90000 + " }}",
    "a float beyond all": "{{ 9" + "9" * 400 + ".0 | int }}",
    "30 ifs in ifs": "{% if 1 %}" * 30 + "x" + "{% endif %}" * 30,
    "300 ifs in ifs": "{% if 1 %}" * 300 + "x" + "{% endif %}" * 300,
    "30 loops in loops": "{% for a in [1] %}" * 30 + "x" + "{% endfor %}" * 30,
    "1,000 macros in macros": "".join(f"{{% macro m{n}() %}}" for n in range(1000)) + "{% endmacro %}" * 1000,
    "1,000 open ifs": "{% if 1 %}" * 1000,
    "1,000 closed ifs": "{% endif %}" * 1000,
    "5,000 elif": "{% if 0 %}" + "{% elif 0 %}x" * 5000 + "{% endif %}",
    "1,000 elif of a claim": "{% claim 0 %}" + "{% elif 0 %}x" * 1000 + "{% endclaim %}",
    "too many tags": "{{ 1 }} " * 20_001,
    "a large template": "words " * 200_000,
    "a very long line": "x" * 10_000_000,
    "too many fences": "```bash run\ntrue\n```\n\n" * 1001,
    "1,000 quotes": ">" * 1000 + " x",
    "21 quotes": "> " * 21 + "x",
    "500 lists in lists": "\n".join(" " * 2 * level + "- x" for level in range(500)),
    "500 lists in a line": "- " * 500 + "x",
    "a fence in 50 quotes": "> " * 50 + "```bash run\n" + "> " * 50 + "true\n" + "> " * 50 + "```\n",
    "101 fences in HTML": "<div>\n" + "```bash run\ntrue\n```\n" * 101 + "</div>\n",
    "a mark of many digits": "```bash run mark=/a{99999999999}/\ntrue\n```\n",
    "a mark of many groups": "```bash run mark=/" + "(" * 900 + "a" + ")" * 900 + "/\ntrue\n```\n",
    "a long mark": "```bash run mark=/" + "a" * 5000 + "/\ntrue\n```\n",
    "a prompt of many digits": "```bash run prompt=/a{99999999999}/\ntrue\n```\n",
    "a time of many digits": "```bash run timeout=" + "9" * 5000 + "\ntrue\n```\n",
    "a number of lines": "```bash run lines=" + "9" * 5000 + "\ntrue\n```\n",
    "exit codes beyond all": "```bash run exit=" + "9" * 5000 + "\ntrue\n```\n",
    "expanded brackets": "```bash run expand\n{{ " + "(" * 500 + ")" * 500 + " }}\n```\n",
}

DIFFERING: Mapping[str, str] = {
    "| random": "{{ [1, 2] | random }}",
    "map random": "{{ [[1, 2]] | map('random') | first }}",
    "lipsum": "{{ lipsum() }}",
    "lipsum set": "{% set x = lipsum(n=1) %}",
    "| pprint": "{{ [1] | pprint }}",
    "a step as text": "{{ steps | string }}",
    "a method as text": "{{ 'a'.upper | string }}",
    "a method in a text": "{{ 'a' ~ 'a'.upper }}",
    "a function in a text": "{{ 'a' ~ range }}",
    "a function by %": "{{ '%s' % range }}",
    "a function by % of several": "{{ '%s %s' % (1, range) }}",
    "a function by % of a dict": "{{ '%(a)s' % {'a': range} }}",
    "a function by format": "{{ '{}'.format(range) }}",
    "a function by !r": "{{ '{!r}'.format(range) }}",
    "a function by | format": "{{ '%s' | format(range) }}",
    "a function in a list": "{{ [range] | string }}",
    "a function in a dict": "{{ {'a': range} | string }}",
    "functions joined": "{{ [range] | join }}",
    "functions joined by map": "{{ [range] | map('string') | join }}",
    "a function in capitals": "{{ range | upper }}",
    "a function replaced": "{{ 'a' | replace('a', range) }}",
    "a cycler": "{{ cycler(1, 2) | string }}",
    "a joiner": "{{ joiner() ~ '' }}",
    "a namespace": "{{ namespace(a=1) | string }}",
    "a loop": "{% for a in [1] %}{{ loop | string }}{% endfor %}",
    "a macro": "{% macro m() %}{% endmacro %}{{ m | string }}",
    "a set": "{{ ({'a': 1, 'b': 2}.keys() - {}.keys()) | join }}",
    "a view": "{{ {'a': 1}.keys() | string }}",
    "a figure": "{{ figure | string }}",
    "now": "{{ now }}",
    "now()": "{{ now() }}",
    "half of a character": "{{ '\\ud800' }}",
    "half of one in a macro": "{% macro m() %}{{ '\\ud800' }}{% endmacro %}{{ m() }}",
    "half of one for a shell": "```bash run expand\necho {{ '\\ud800' }}\n```\n",
}

SLOW = (
    *("loops in loops", "loops with text", "loops in an expanded fence", "many steps", "many slides", "many values"),
    *("a list of itself", "a tuple of itself", "a dict of itself", "a list doubled", "a list ever deeper", "loops"),
    *("| list of texts", "| map | join", "star arguments", "a loop that asks its length", "a macro that calls twice"),
    *(
        "5,000 elif",
        "1,000 elif of a claim",
        "too many tags",
        "a large template",
        "a very long line",
        "too many fences",
    ),
    *("101 fences in HTML", "1,000 macros in macros", "a set block doubled", "a macro that calls itself", "set blocks"),
    *("5,000 sums", "5,000 filters", "5,000 and", "a recursive loop", "30 loops in loops", "| sum of lists"),
)
"""What takes more than some milliseconds; each is like another one that does not."""


def some(names: Iterable[str], slow: Container[str]) -> list[object]:
    """Return parameters of which the slow ones are left to `make soak`."""
    return [pytest.param(name, marks=pytest.mark.soak if name in slow else (), id=name) for name in names]


NEVER = "a crash, minutes, or gigabytes"


def check_refused(text: str) -> None:
    """The deck is refused with its file and a line of it, and nothing is a mere statement that something broke."""
    found = attempt(FRONT + text)
    assert isinstance(found, LivedeckError), "accepted"
    lines = (FRONT + text).count("\n") + 1
    for error in parts(found):
        assert error.exit_code == 1
        assert error.at is not None
        assert error.at.path == PATH
        assert FIRST <= error.at.line <= lines
        assert len(error.message) < 1000


@pytest.mark.hostile(*hostile("a template that does too much", "an error with file and line", NEVER))
@pytest.mark.parametrize("name", some(TOO_MUCH, SLOW))
def test_too_much(name: str) -> None:
    check_refused(TOO_MUCH[name])


@pytest.mark.hostile(*hostile("a template no parser can read", "an error with file and line", NEVER))
@pytest.mark.parametrize("name", some(UNREADABLE, SLOW))
def test_unreadable(name: str) -> None:
    check_refused(UNREADABLE[name])


@pytest.mark.hostile(
    *hostile("what differs from build to build", "an error with file and line", "an address of memory on a slide")
)
@pytest.mark.parametrize("name", DIFFERING)
def test_differing(name: str) -> None:
    check_refused(DIFFERING[name])


MARKDOWN: Mapping[str, str] = {
    "50,000 stars": "*" * 50_000,
    "20,000 stars at words": "*a " * 20_000,
    "20,000 underscores": "a_" * 20_000,
    "10,000 strokes": "~~a" * 10_000,
    "50,000 brackets": "[" * 50_000,
    "50,000 closing brackets": "]" * 50_000,
    "10,000 pictures": "![" * 10_000,
    "300 pictures in pictures": "![" * 300 + "x" + "](y.svg)" * 300,
    "1,000 links in links": "[" * 1000 + "x" + "](y)" * 1000,
    "5,000 open links": "[a](" * 5000,
    "5,000 open addresses": "[a](<b" * 5000,
    "10,000 link definitions": "\n".join(f"[a{n}]: http://x/{n}" for n in range(10_000)),
    "2,000 columns": "|a" * 2000 + "|\n" + "|-" * 2000 + "|\n" + "|b" * 2000 + "|",
    "rows of many columns": "|a" * 500 + "|\n" + "|-" * 500 + "|\n" + "|b|\n" * 500,
    "runs of backticks": " ".join("`" * n for n in range(1, 300)),
    "20,000 backticks": "`a" * 20_000,
    "20,000 angles": "<" * 20_000,
    "10,000 comments": "<!-- " * 10_000,
    "10,000 tags": "<a " * 10_000,
    "5,000 attributes": '<a b="' * 5000,
    "10,000 instructions": "<?" * 10_000,
    "5,000 sections": "<![CDATA[" * 5000,
    "20,000 entities": "&#" * 20_000,
    "50,000 backslashes": "\\" * 50_000,
    "a long word": "x" * 500_000,
    "20,000 lines": "word\n" * 20_000,
    "2,000 paragraphs": "word\n\n" * 2000,
    "500 slides": "---\n\n" * 500,
    "5,000 underlined": "a\n=\n" * 5000,
    "a long title of a link": '[a]: b "\n' + "c\n" * 5000,
    "a mix": "*_~`[" * 4000,
}


@pytest.mark.hostile(*hostile("Markdown that is hard to read", "an error with file and line, or it works", NEVER))
@pytest.mark.parametrize("name", some(MARKDOWN, MARKDOWN))
def test_markdown(name: str) -> None:
    found = attempt(FRONT + MARKDOWN[name])
    if isinstance(found, LivedeckError):
        assert all(error.at is not None and error.at.path == PATH for error in parts(found))


USUAL: Mapping[str, tuple[str, str]] = {
    "a table of sums": ("{% for n in range(200) %}{{ n * n }} {% endfor %}", "39601"),
    "a long list": ("{{ (range(9999) | list) | length }}", "9999"),
    "a list, asked": ("{% if ['a'] | select('equalto', 'b') %}yes{% else %}no{% endif %}", "no"),
    "a first one": ("{{ ['b', 'a'] | sort | first }}", "a"),
    "joined": ("{{ ['a', 1, 2.5] | map('string') | join('-') }}", "a-1-2.5"),
    "joined by a text": ("{{ '-'.join(['a', 'b']) }}", "a-b"),
    "padded": ("{{ 'x'.ljust(5, '.') }}", "x...."),
    "formatted": ("{{ '%05.1f' % 2.25 }} {{ '{:>4}'.format('x') }}.", "002.2"),
    "formatted by filter": ("{{ '%s-%s' | format('a', 1) }}", "a-1"),
    "replaced": ("{{ 'a-b' | replace('-', '+') }}", "a+b"),
    "a macro": ("{% macro m(n) %}{{ n }}{% if n %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(5) }}", "543210"),
    "a recursive loop": ("{% for n in [[1], []] recursive %}<{{ loop(n) if n is iterable else n }}>{% endfor %}", ""),
    "a loop that knows its length": ("{% for n in 'ab' %}{{ loop.index }}/{{ loop.length }} {% endfor %}", "2/2"),
    "unpacked": ("{% set a, b = 'xy' %}{{ b ~ a }}", "yx"),
    "grouped": ("{% for k, v in [{'a': 1}] | groupby('a') %}{{ k }}{% endfor %}", "1"),
    "a dictionary": ("{% for k, v in {'a': 1}.items() %}{{ k ~ v }}{% endfor %}", "a1"),
    "a slice": ("{{ 'abcdef'[1:3] }}", "bc"),
    "a default": ("{{ (7000000 | default(0)) // 1000 }}", "7000"),
    "large numbers": ("{{ 2 ** 100 }}", str(2**100)),
}


@pytest.mark.parametrize("name", USUAL)
def test_what_decks_do_goes_on_working(name: str) -> None:
    source, shown = USUAL[name]
    if not shown:
        assert isinstance(attempt(FRONT + source), object)
    else:
        assert shown in body(play(FRONT + source)).replace("\\", "")


class Slow(Bash):
    """A runner on whose host a command takes longer than a template may, by the clock that templates look at."""

    def __init__(self, clock: list[float]) -> None:
        self._clock = clock

    def run(self, key: Key, command: str, step: Step) -> Capture:
        self._clock[0] += 3600
        return Capture("$ ", command, ("ok",), 0, 3600.0)


def test_the_time_of_commands_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("livedeck.template.program.bounds.time.monotonic", lambda: clock[0])
    deck = "```bash run id=a\ntrue\n```\n\n{% for n in range(9) %}{{ steps.a.text }} {% endfor %}\n"
    assert "ok ok" in body(play(FRONT + deck, Slow(clock)))


@pytest.mark.hostile(*hostile("a template that does too much", "an error with file and line", NEVER))
def test_time_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]

    def later() -> float:
        clock[0] += 1
        return clock[0]

    monkeypatch.setattr("livedeck.template.program.bounds.time.monotonic", later)
    found = attempt(FRONT + "\n{% for n in range(999) %}{% endfor %}\n")
    assert isinstance(found, LivedeckError)
    assert (found.message, found.at and found.at.line) == ("this template takes more than 60 seconds", FIRST + 1)


LOOKS: Mapping[str, str] = {
    "times": "{{ 'a' * 10**9 }}",
    "loops": NESTED + "{% endfor %}{% endfor %}",
    "a function": "{{ range }}",
    "captures": "{{ captures }}",
    "random": "{{ [1] | random }}",
    "lipsum": "{{ lipsum() }}",
    "brackets": "{{ " + "(" * 500 + ")" * 500 + " }}",
    "sums": "{{ 1" + "+1" * 5000 + " }}",
    "a long number": "{{ " + "9" * 5000 + " }}",
    "ifs": "{% if 1 %}" * 300 + "{% endif %}" * 300,
    "a large one": "x" * 1_000_001,
    "set blocks": "{% set a = 'aaaaaaaaaa' %}"
    + "{% set a %}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{% endset %}" * 12,
    "half of a character": "{{ '\\ud800' }}",
    "includes": "{% include 'x' %}",
    "a macro that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
}


@pytest.mark.hostile(*hostile("a step template", "an error with its file", NEVER))
@pytest.mark.parametrize("name", some(LOOKS, SLOW))
def test_step_templates(name: str) -> None:
    with pytest.raises(LivedeckError) as raised:
        play(FRONT + "```bash run\ntrue\n```\n", prints("ok"), look="{{ terminal }}\n" + LOOKS[name])
    assert raised.value.at is not None
    assert raised.value.at.path == "decks/step.md"
