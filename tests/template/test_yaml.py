"""Front matter means to Livedeck what it means to Marp, or it is an error: Marp's own reader is the judge."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
import yaml
from livedeck.errors import LivedeckError, TemplateError
from livedeck.template.reading import frontmatter

from tests.conftest import hostile
from tests.fuzz.entries import ENTRIES
from tests.fuzz.test_fuzz import mutated
from tests.template.stage import PATH, play

VALUES: Mapping[str, str] = {
    "a date": "date: 2026-11-22",
    "a number": "n: 007",
    "a hex number": "n: 0x1f",
    "sixties": "n: 1:60",
    "octal": "n: 0o17",
    "infinity": "n: .inf",
    "yes": "n: yes",
    "nothing": "n:",
    "a tilde": "n: ~",
    "a list": "n: [a, b, 1]",
    "a nested map": "n: {a: {b: c}}",
    "lines": "n: |\n  a\n  b\n",
    "folded lines": "n: >-\n  a\n  b\n",
    "a long value": f"n: {'x' * 9000}",
    "rulers in a string": 'n: "a --- b"',
    "a comment": "n: a # b",
    "a hash": "n: a#b",
    "an escape": 'n: "\\u0041\\x41\\t"',
    "two quotes": "n: 'it''s'",
    "a plain colon": "n: a:b",
    "an address": "n: http://a.b/c",
    "a value of two lines": "n: a\n  b",
    "a quote over lines": 'n: "a\n  b"',
    "keys in quotes": "\"n\": 1\n'm': 2",
    "a list in lines": "n:\n- a\n- b",
    "a list, indented": "n:\n  - a\n  - b",
    "an empty list": "n: []",
    "empty": "",
    "only a comment": "# a",
}
REFUSED: Mapping[str, str] = {
    "a date that is none": "date: 2026-99-99",
    "a time that is none": "date: 2026-11-22 99:99:99",
    "a month that is none": "date: 2026-13-01T00:00:00Z",
    "5,000 digits": f"n: {'9' * 5000}",
    "5,000 digits of a key": f"{'9' * 5000}: a",
    "a duplicate key": "a: 1\na: 2",
    "a duplicate in a map": "a: {b: 1, b: 2}",
    "a duplicate in quotes": 'a: 1\n"a": 2',
    "an anchor": "a: &x b",
    "an alias": "a: &x b\nc: *x",
    "a billion laughs": "a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]",
    "an alias of itself": "a: &a [*a]",
    "a merge key": "a: 1\n<<: {b: 2}",
    "a tag of Python": "a: !!python/object/apply:os.system [id]",
    "a tag": "a: !!str 1",
    "a tag of one's own": "a: !x 1",
    "binary": "a: !!binary eA==",
    "a key that is a list": "? [a]\n: b",
    "5,000 lists": f"a: {'[' * 5000}",
    "lists in lists": f"a: {'[' * 20}{']' * 20}",
    "maps in maps": f"a: {'{a: ' * 20}{'}' * 20}",
    "500 lists in lines": "a:\n" + "\n".join(" " * n + "-" for n in range(1, 500)),
    "too many parts": f"a: [{'1, ' * 2000}]",
    "too long": f"a: {'x' * 200_000}",
    "a tab": "a:\n\t- b",
    "an open quote": 'a: "b',
    "an open list": "a: [b",
    "an unknown escape": 'a: "\\q"',
    "half of a character": 'a: "\\ud800"',
    "a NUL": "a: \x00",
    "an escape character": "a: \x1b[1m",
    "two documents": "a: 1\n...\nb: 2",
    "a plain list": "- a\n- b",
    "a plain word": "words",
    "at": "a: @b",
    "a backtick": "a: `b`",
    "a percent": "%YAML 9.9",
    "colons": "a: b: c",
}


def strings(node: yaml.Node | None) -> object:
    """Return what is in a node as Marp sees it: all scalars are text."""
    if isinstance(node, yaml.MappingNode):
        return {strings(key): strings(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [strings(each) for each in node.value]
    return node.value if isinstance(node, yaml.ScalarNode) else None


def marps(texts: Sequence[str]) -> list[object]:
    script = Path(__file__).with_name("yaml.mjs")
    done = subprocess.run(["node", script], input=json.dumps(texts), capture_output=True, check=True, text=True)
    found: list[object] = json.loads(done.stdout)
    return found


def accepted(text: str) -> bool:
    try:
        return isinstance(frontmatter.load(text), dict)
    except TemplateError:
        return False


def test_what_is_accepted_is_what_marp_reads(record_property: Callable[[str, object], None]) -> None:
    assert all(accepted(text) for name, text in VALUES.items() if not name.startswith(("empty", "only")))
    texts = list(VALUES.values())
    for text, marp in zip(texts, marps(texts), strict=True):
        assert strings(frontmatter.compose(text)) == marp, text
    record_property("inputs", list(VALUES))


@pytest.mark.soak
def test_what_a_fuzzer_finds_is_what_marp_reads() -> None:
    rng = random.Random(12)
    texts = [text for text in (mutated(ENTRIES["front"], rng) + "\n" for _ in range(4000)) if accepted(text)]
    texts = [text for text in texts if not any("\ud800" <= char <= "\udfff" for char in text)]
    for text, marp in zip(texts, marps(texts), strict=True):
        assert strings(frontmatter.compose(text)) == marp, repr(text)


@pytest.mark.hostile(*hostile("front matter", "an error with file and line", "read in another way than Marp reads it"))
@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    text = REFUSED[name]
    with pytest.raises(LivedeckError) as raised:
        play(f"---\nmarp: true\n{text}\n---\n\nwords\n")
    assert raised.value.at is not None
    assert raised.value.at.path == PATH
    assert 1 <= raised.value.at.line <= text.count("\n") + 4


@pytest.mark.parametrize("name", VALUES)
def test_values_render(name: str) -> None:
    assert "words" in play(f"---\nmarp: true\n{VALUES[name]}\n---\n\nwords\n").markdown
