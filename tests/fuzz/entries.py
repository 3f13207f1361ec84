"""Every way in for content: what is fed to Livedeck, and pieces of which a fuzzer makes it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from livedeck import records
from livedeck.errors import LivedeckError
from livedeck.model import Deck, Edition
from livedeck.project import course
from livedeck.template import markdown, read
from livedeck.template.paging import measures
from livedeck.translation import of, parse
from livedeck.translation.localise import Original, localise
from livedeck.translation.update import text_of

from tests.course import DECK, captured, make_course, recorded
from tests.template.stage import FRONT, PATH, play, prints
from tests.translation import desk


@dataclass(frozen=True, slots=True)
class Entry:
    """A way in. `feed` lets LivedeckError pass, and holds what is accepted to what it must be."""

    feed: Callable[[str], object]
    seeds: Sequence[str]
    pieces: Sequence[str]


def _front(text: str) -> None:
    play(f"---\nmarp: true\n{text}\n---\n\nwords\n")


def _deck(text: str) -> None:
    play(FRONT + text, prints("ok", "[1, 2]"))


def _expression(text: str) -> None:
    play(f"{FRONT}```bash run id=a\ntrue\n```\n\nIt is {{{{ {text} }}}}.\n\n{{% if {text} %}}x{{% endif %}}\n")


def _claim(text: str) -> None:
    play(f"{FRONT}```bash run id=a\ntrue\n```\n\n{{% claim {text} %}}x{{% endclaim %}}\n")


def _options(text: str) -> None:
    play(f"{FRONT}```bash run {' '.join(text.split())}\ntrue\n```\n")


def _look(text: str) -> None:
    play(f"{FRONT}```bash run\ntrue\n```\n", look=text)


def _markdown(text: str) -> None:
    markdown.parse(text)
    markdown.references(text)


@cache
def _original() -> Original:
    return Original(read(DECK, PATH))


def _catalog(text: str) -> None:
    """What is accepted of a catalog is what is shown: written out and read again, it says the same."""
    file = parse(text.encode("utf-8", "surrogatepass"), "decks/one/locale/en.po")
    again = parse(text_of(file).encode(), "decks/one/locale/en.po")
    said = [(entry.msgid, entry.msgstr, entry.fuzzy) for entry in file if not entry.obsolete]
    assert said == [(entry.msgid, entry.msgstr, entry.fuzzy) for entry in again if not entry.obsolete]
    localised = localise(_original(), "en", of(file, "decks/one/locale/en.po"))
    for new in localised.words.values():
        assert any(new == entry.msgstr for entry in file)


@cache
def _edition() -> Edition:
    root = Path(tempfile.mkdtemp(prefix="livedeck-fuzz-"))
    deck = Deck("one", root / "decks" / "one", "decks/one/deck.md")
    return Edition(make_course(root), deck, "current")


def _record(text: str) -> None:
    """What is accepted of a record is what is written: read again, it is the same."""
    found = records.parse(text.encode("utf-8", "surrogatepass"), "current.json", _edition())
    assert records.parse(records.dump(found).encode(), "current.json", _edition()) == found


def _course(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "decks").mkdir()
        (Path(folder) / "decks" / "course.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
        course.load(Path(folder))
    course.with_language(text, "xx")


def _theme(text: str) -> None:
    measures.read((("themes/x.css", text),))


def _json(text: str) -> None:
    deck = f"{FRONT}```bash run id=a\ntrue\n```\n\n{{{{ steps.a.json | string | length }}}}\n"
    play(deck, prints(*text.splitlines()))


def _figure(text: str) -> None:
    deck = f"{FRONT}```bash run id=a\ntrue\n```\n\n![x]({{{{ figure.images(steps.a) }}}})\n"
    play(deck, prints(*text.splitlines()))


def _sentence(text: str) -> None:
    """A translation changes words only, whatever it is: the deck renders, with it or with the source."""
    text = text.encode("utf-8", "replace").decode()  # a catalog is UTF-8
    desk.localised({"words": text}, source=f"{FRONT}words\n")


# fmt: off (one piece a line takes screens)
MARKS = [
    "*",
    "_",
    "`",
    "```",
    "~~~",
    "[",
    "]",
    "(",
    ")",
    "![",
    "<",
    ">",
    "<!--",
    "-->",
    "|",
    "\n",
    "\n\n",
    "---\n",
    "#",
    "- ",
]
JINJA = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "{% raw %}",
    "{% endraw %}",
    "{% if 1 %}",
    "{% endif %}",
    "{% for a in [1] %}",
    "{% endfor %}",
    "{% set x = 1 %}",
    "{% claim 1 %}",
    "{% endclaim %}",
    "{% macro m() %}",
    "{% endmacro %}",
]
FENCES = [
    "```bash run id=a\ntrue\n```\n",
    "```bash run\n",
    "```\n",
    "> ",
    "  ",
    "\t",
    "\r",
    "```bash run expand\n{{ 1 }}\n```\n",
]
TERMS = [
    "steps.a",
    ".text",
    ".lines",
    ".json",
    ".exit",
    ".count('o')",
    "[0]",
    "[1:]",
    "(1)",
    " + ",
    " * ",
    " ** ",
    " % ",
    " ~ ",
    "'a'",
    "'%s'",
    "'{}'",
    "1",
    "10**9",
    "1.5",
    "none",
    "true",
    "[1]",
    "(1,)",
    "{'a': 1}",
    "range(9)",
    "dict(a=1)",
    " | ",
    "upper",
    "list",
    "join",
    "map('upper')",
    "center(9)",
    "batch(2)",
    "slice(3)",
    "tojson",
    "sum",
    "sort",
    "first",
    "string",
    "format(1)",
    "replace('a', 'b')",
    "indent(3)",
    "round",
    "int",
    "groupby('a')",
    "attr('x')",
    " if 1 else ",
    " and ",
    "not ",
    " is defined",
    " in ",
    " == ",
    "loop",
    "cycler(1)",
    "namespace(a=1)",
    "figure",
    "host",
    "deck.captured",
    "lang",
    "course",
    ".format",
    ".join",
    ".ljust(9)",
    ".__class__",
    ".mro()",
    "*",
    "**",
    ",",
    ":",
    "=",
    "'",
    '"',
    "\\",
]
YAML = [
    "a: ",
    "title: ",
    "class: ",
    "lang: x\n",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    ": ",
    "'",
    '"',
    "|\n",
    ">\n",
    "&a ",
    "*a",
    "!!str ",
    "2026-99-99",
    "2026-11-22",
    "0x",
    "0b1",
    "1:60",
    ".inf",
    "~",
    "null",
    "<<: ",
    "? ",
    "# x",
    "\t",
    "%YAML 1.1\n",
    "...",
    "\\u",
    "headingDivider: 2\n",
    "{{ lang }}",
    "\n",
    "  ",
    "\x85",
    "\u2028",
    "\ufeff",
    "a" * 99,
    "9" * 5000,
]
OPTIONS = [
    "id=a ",
    "exit=1,2 ",
    "timeout=9 ",
    "mark=/",
    "/ ",
    "lines=3+4 ",
    "input=",
    '"',
    "'",
    "\\",
    "prompt=",
    "fail=/a",
    "copy=",
    "expand ",
    "hide ",
    "split ",
    "rows=9 ",
    "shell ",
    "(",
    ")",
    "[",
    "]",
    "*",
    "+",
    "{9}",
    "{99999999999}",
    "?",
    "|",
    "=",
    "9" * 500,
]
GETTEXT = [
    'msgid "',
    'msgstr "',
    '"\n',
    "#, fuzzy\n",
    "#~ ",
    "#| ",
    "# x\n",
    'msgctxt "',
    'msgid_plural "',
    'msgstr[0] "',
    "\\n",
    "\\",
    "\n",
    '"',
    "First",
    "charset=latin-1",
    "\x0c",
    "\u2028",
    "\\x",
    "{{ x }}",
    "#: a:1\n",
    "#. x\n",
    "msgstr[9] ",
]
PAIRS = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    '"',
    "null",
    "true",
    "1",
    "-1",
    "1e999",
    "9" * 5000,
    '"a"',
    "NaN",
    "\\u0000",
    "\\ud800",
    "[" * 2000,
]
TOML = [
    "[",
    "]",
    "[[",
    "]]",
    "=",
    '"',
    "'",
    "\n",
    "engines",
    "labels.ko",
    "title = ",
    "1",
    "{",
    "}",
    ".",
    "1979-05-27",
    "0x",
    "9" * 5000,
]
CSS = [
    "section",
    ":root",
    "{",
    "}",
    ":",
    ";",
    "--prose-size",
    "--top",
    "var(--top)",
    "22px",
    "1e9",
    "/*",
    "*/",
    '"',
    "'",
    "\\",
    "@import",
    "@media",
    ",",
]
HTML = [
    "<div>",
    "</div>",
    "<a href=x>",
    "<style>",
    "</style>",
    "<http://x>",
    "&amp;",
    "\\",
    "\x00",
    "[a]: b\n",
    "[a]",
    "|-|-|\n",
    "1. ",
    "===",
]
# fmt: on

SHORT = "# A\n\n```bash run id=a\ntrue\n```\n\n{{ steps.a.text }}\n"
LOOK = "{{ terminal }}\n{% if copy %}{{ copy_span }}{% endif %}"
PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "First"\nmsgstr "One"\n'
IMAGES = '[{"Id": "sha256:1", "RootFS": {"Layers": ["sha256:2"]}, "RepoTags": ["a:b"], "Size": 3}]'
TITLE = 'title = "C"\nlanguages = ["ko"]\n[labels.ko]\ncommand = "x"\n[engines.current]\n'

ENTRIES = {
    "front": Entry(_front, ["title: a\nclass: [a, b]", "a: |\n  x\n  y"], YAML),
    "deck": Entry(
        _deck, ["# A\n\n```bash run id=a\ntrue\n```\n\n{{ steps.a.text }}\n", DECK], [*MARKS, *JINJA, *FENCES, *HTML]
    ),
    "expression": Entry(_expression, ["steps.a.text", "steps.a.lines | join(', ')"], TERMS),
    "claim": Entry(_claim, ["steps.a.text == 'ok'", "steps.a.exit in (0, 1)"], TERMS),
    "options": Entry(_options, ['id=b mark=/o/ lines=3 copy="x"', 'prompt="> " fail=/x/'], OPTIONS),
    "look": Entry(
        _look, ["{{ terminal }}\n{% if copy %}{{ copy_span }}{% endif %}"], [*JINJA, *TERMS, "{{ terminal }}\n", "copy"]
    ),
    "markdown": Entry(_markdown, ["# A\n\n- b *c* `d`\n\n|a|b|\n|-|-|\n|1|2|\n"], [*MARKS, *HTML]),
    "catalog": Entry(_catalog, [PO], GETTEXT),
    "sentence": Entry(_sentence, ["words"], [*MARKS, *JINJA, *HTML, "x"]),
    "record": Entry(_record, [records.dump(recorded((captured("echo hello"),)))], PAIRS),
    "course": Entry(_course, [TITLE], TOML),
    "theme": Entry(_theme, ["section { --prose-size: 22px; --top: 1px }"], CSS),
    "json": Entry(_json, ['{"a": [1, 2, {"b": null}]}'], PAIRS),
    "figure": Entry(_figure, [IMAGES], [*PAIRS, '"Id"', '"RootFS"', '"Size"', "-9" * 99]),
}


def fed(entry: Entry, text: str) -> bool:
    """Feed a text to an entry; return whether it was accepted. Whatever is no LivedeckError passes."""
    try:
        entry.feed(text)
    except LivedeckError:
        return False
    return True
