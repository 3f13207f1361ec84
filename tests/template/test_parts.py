"""The smaller pieces: commands, pictures, expressions, the look of steps, what a step knows."""

from __future__ import annotations

import subprocess

import pytest
from jinja2 import nodes
from livedeck.errors import TemplateError
from livedeck.model import Capture, Key, Location, Step
from livedeck.template import StepLook, named, read, relocate
from livedeck.template.program.expressions import unparse
from livedeck.template.program.results import StepResult, Steps, remember
from livedeck.template.reading import options
from livedeck.template.reading.commands import commands_of, split
from livedeck.template.reading.source import environment

from tests.template.stage import FIRST, FRONT, PATH, Bash, body, play

COMMANDS = [
    ("a; b\nc", ["a; b", "c"]),
    ("cat <<EOF\na\n\nb\nEOF\nls", ["cat <<EOF\na\n\nb\nEOF", "ls"]),
    ("cat <<EOF | grep x > f && ls\nx\nEOF\nls", ["cat <<EOF | grep x > f && ls\nx\nEOF", "ls"]),
    ("cat <<A <<B\n1\nA\n2\nB\nls", ["cat <<A <<B\n1\nA\n2\nB\nls"]),
    ("cat <<끝\n밤\n끝\nls", ["cat <<끝\n밤\n끝", "ls"]),
    ("git commit -m \"$(cat <<'EOF'\nhi\nEOF\n)\"\nls", ["git commit -m \"$(cat <<'EOF'\nhi\nEOF\n)\"", "ls"]),
    ("kubectl apply -f - <<EOF\na: b\n---\nc: d\nEOF\nls", ["kubectl apply -f - <<EOF\na: b\n---\nc: d\nEOF", "ls"]),
    ("for i in 1 2; do\n  echo $i\n\ndone\nls", ["for i in 1 2; do\n  echo $i\n\ndone", "ls"]),
    ("while read x; do\n echo $x\ndone <<EOF\n1\nEOF\nls", ["while read x; do\n echo $x\ndone <<EOF\n1\nEOF", "ls"]),
    ("f() {\n a\n}\nf", ["f() {\n a\n}", "f"]),
    ("docker run \\\n  -d \\\n  nginx\nls", ["docker run \\\n  -d \\\n  nginx", "ls"]),
    ("a &&\n b\nc |\n d\n", ["a &&\n b", "c |\n d"]),
    ("sleep 9 &\nwait", ["sleep 9 &", "wait"]),
    ("sh -c '\necho 1\n'\nls", ["sh -c '\necho 1\n'", "ls"]),
    ('echo "${#a[@]}" {{.Names}} {% x\nls', ['echo "${#a[@]}" {{.Names}} {% x', "ls"]),
    ("# a\n\nls # b\n", ["# a", "ls # b"]),
    ("echo 'x\nls\n", ["echo 'x\nls"]),
    ("{\U000aa195\nls", ["{\U000aa195\nls"]),
    ("\n \n\t\n", []),
]


@pytest.mark.parametrize(("text", "commands"), COMMANDS)
def test_split(text, commands):
    assert list(split(text)) == commands


@pytest.mark.parametrize("commands", [commands for _, commands in COMMANDS if "'x" not in str(commands)])
def test_bash_accepts_each_as_a_whole_command(commands):
    for command in commands:
        if "\U000aa195" not in command:
            done = subprocess.run(["bash", "-n"], input=f"{command}\n".encode(), capture_output=True, check=False)
            assert (done.returncode, done.stderr) == (0, b""), command


PICTURES = [
    ("![](img/a.svg) ![](img/a.svg.png)", "![](D/img/a.svg) ![](D/img/a.svg.png)"),
    ("![bg left](./img/a.png 'T')", "![bg left](D/img/a.png 'T')"),
    ("![](<img/a b.png>)", "![](<D/img/a b.png>)"),
    ("![](  img/a.png )", "![](  D/img/a.png )"),
    ("![x][r] ![r]\n\n[r]: img/a.png", "![x][r] ![r]\n\n[r]: D/img/a.png"),
    ("> ![](img/한글.png)\n\n![](img/한글.png)", "> ![](D/img/한글.png)\n\n![](D/img/한글.png)"),
    ("| ![](a.png) |\n|---|", "| ![](D/a.png) |\n|---|"),
    ("[a](files/a) ![](files/a) [b](a) [c](files/a#p)", "[a](D/files/a) ![](D/files/a) [b](a) [c](D/files/a#p)"),
    ("[![](a.png)](./files/b 'T')", "[![](D/a.png)](D/files/b 'T')"),
    ("[x][r]\n\n`[x](files/a)`\n\n[r]: <files/a b>", "[x][r]\n\n`[x](files/a)`\n\n[r]: <D/files/a b>"),
    (
        "[a](../files/a) [b](files.md) [c](/files/a) [d](#files/a)",
        "[a](../files/a) [b](files.md) [c](/files/a) [d](#files/a)",
    ),
    ("![](a.png)\n\n```\n![](a.png)\n[r]: a.png\n```", "![](D/a.png)\n\n```\n![](a.png)\n[r]: a.png\n```"),
    ("![](http://e/a.png) ![](data:x) ![](//e/a) [a](b.png)", "![](http://e/a.png) ![](data:x) ![](//e/a) [a](b.png)"),
]


@pytest.mark.parametrize(("text", "moved"), PICTURES)
def test_pictures_are_looked_for_in_the_folder_of_the_deck(text, moved):
    assert relocate(text, "D")[0] == moved


@pytest.mark.parametrize(
    ("info", "fields"),
    [
        ("input='^D'", {"input": "^D"}),
        ("""copy='say "hi", it\\'s me' expand""", {"copy_text": 'say "hi", it\'s me', "expand": True}),
        ("""copy="it's" mark='/a b/'""", {"copy_text": "it's", "mark": "/a b/"}),
        ("rows=5 fail='/(?i)an error/'", {"rows": 5, "fail": "(?i)an error"}),
        ("""mark=/it's/ input="a\\nb\"""", {"mark": "/it's/", "input": "a\\nb"}),
    ],
)
def test_options_take_either_quotes(info, fields):
    assert options.read(f"bash run {info}") == (fields, [])


def test_a_prompt_is_an_expression_for_a_whole_line_without_the_blanks_at_its_end():
    written = r"""prompt="mysql> " prompt="/ # " prompt="/\w+=[#>] /" prompt="a \"b\" " prompt=/\d+:/"""
    prompts = ("mysql>", r"/\ \#", r"\w+=[#>]", r'a\ "b"', r"\d+:")
    assert options.read(f"bash run {written}") == ({"prompts": prompts}, [])


OPENERS = [
    ("psql", ["psql"]),
    ("\n\npsql\n\nSELECT 1;\n", ["psql", "", "SELECT 1;", ""]),
    ("python3\ndef f(x):\n    return x\n\nf(1)", ["python3", "def f(x):", "    return x", "", "f(1)"]),
    ("docker exec -it \\\n  db psql\nSELECT 'a", ["docker exec -it \\\n  db psql", "SELECT 'a"]),
    ("cat <<EOF | psql\n1\nEOF\n\\q", ["cat <<EOF | psql\n1\nEOF", "\\q"]),
    ("if true\nthen psql\nfi\nSELECT 1;", ["if true\nthen psql\nfi", "SELECT 1;"]),
    ('psql -c "\n1"\nx', ['psql -c "\n1"', "x"]),
    ("a; psql\nx y\n^D", ["a; psql", "x y", "^D"]),
]


@pytest.mark.parametrize(("text", "typed"), OPENERS)
def test_a_program_is_opened_by_one_command_and_gets_lines(text, typed):
    step = Step(0, Location(PATH, 1), text, prompts=(">",))
    assert list(commands_of(step, text, in_program=False)) == typed


def test_a_program_that_waits_gets_every_line():
    step = Step(0, Location(PATH, 1), "")
    assert commands_of(step, "for x in y:\n  x\n\n", in_program=True) == ("for x in y:", "  x", "", "")


def test_pictures_are_known_by_their_paths():
    _, images = relocate("![](./img/a%20b.png) ![](img/c.png)", "D")
    assert {image.path for image in images} == {"img/a b.png", "img/c.png"}
    text, assets = relocate("a\n\n> b\n> ![](img/a.png)\n> [](files/a%20b#c) ![](img/a.png)\n", "D")
    assert [(each.kind, each.path, each.line) for each in assets] == [
        ("picture", "img/a.png", 4),
        ("file", "files/a b", 5),
    ]
    assert named(text, "D") == {"img/a.png", "files/a b"}


@pytest.mark.parametrize(
    ("written", "meant"), [("![](img/a\\_b.png)", "img/a_b.png"), ("[x](files/a\\_b)", "files/a_b")]
)
def test_an_address_that_is_not_written_plainly_is_refused(written, meant):
    with pytest.raises(TemplateError) as caught:
        read(f"{FRONT}{{# a comment #}}\n- text\n\n  {written}\n", PATH)
    assert meant in caught.value.message
    assert "plainly" in caught.value.hint
    assert caught.value.at == Location(PATH, FIRST + 3)


EXPRESSIONS = [
    "a",
    "a.b[0]['c'](1, x=2)",
    "(a | last).endswith(' l')",
    "a[1:] | length == 2",
    "a[1:2:3]",
    "(a == b) == c",
    "not (a == b)",
    "(-a) | abs",
    "(a + b) * c",
    "(a is defined) and b",
    "a ~ b",
    "a | join(', ') in b",
    "((a | length) - 1) == b",
    "a is divisibleby(3)",
    "a not in [1, 'x', true]",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_taken_apart_means_the_same(text):
    def tree(source: str) -> nodes.Node:
        return environment().parse(f"{{{{ {source} }}}}").body[0].nodes[0]

    again = unparse(tree(text))
    assert again is not None
    assert tree(again) == tree(text)


def result(*lines: str, exit_code: int = 0, command: str = "ls") -> StepResult:
    return StepResult([Capture("$ ", command, lines, exit_code, 0.25)])


def test_what_a_step_knows():
    listed = result("CONTAINER ID   NAMES      STATUS", "3f2a           web 한      Up 2 minutes", exit_code=3)
    assert listed.rows == [{"CONTAINER ID": "3f2a", "NAMES": "web 한", "STATUS": "Up 2 minutes"}]
    assert (listed.exit, listed.seconds, listed.commands) == (3, 0.25, ["ls"])
    assert listed.count("2") == 2
    assert result('{"a":', "1}").json == {"a": 1}
    assert result().rows == []


def test_added_and_removed_look_past_ages_sizes_and_blanks():
    before = result("total 8", "a   Up 2 minutes  187MB", "b  x", "c  x")
    after = result("total 12", "", "a  Up 3 minutes   188MB", "c x", "d  x", "d  x")
    assert after.added(before) == ["d  x", "d  x"]
    assert after.removed(before) == ["b  x"]


def test_an_id_is_a_step_whatever_its_name():
    steps = Steps()
    for name in ("items", "values", "get", "all", "steps"):
        remember(steps, name, [Capture("$ ", name, (name,), 0, 0.1)])
    remember(steps, "items", [Capture("$ ", "again", ("again",), 0, 0.1)])
    assert steps.items.text == "again"
    assert [run.text for run in steps.items.all] == ["items", "again"]
    assert steps.get.text == "get"


DECK = FRONT + "```bash run\nls\n```\n"


def test_left_out_lines_are_counted_where_they_were():
    class Endless(Bash):
        def run(self, key: Key, command: str, step: Step) -> Capture:
            return Capture("$ ", command, ("a", "b"), 0, 0.1, omitted=1234, omitted_after=1)

    shown = body(play(DECK, Endless())).split("\n")
    assert shown[1:3] == ["$ ls", "a"]
    assert "1,234" in shown[3]
    assert shown[4] == "b"


def test_a_course_may_say_how_steps_look():
    look = "{{ copy | join }} ({{ step.at.line }})\n\n{{ terminal }}\n"
    assert body(play(DECK, look=look)) == "ls (5)\n\n```terminal 1:2 copy:1 s20\n$ ls\nok\n```\n"


@pytest.mark.parametrize(
    ("source", "message"),
    [("{{ nothing }}", "is undefined"), ("{{ 1 // 0 }}", "zero"), ("{{ step.at + 1 }}", "unsupported operand")],
)
def test_a_step_template_that_fails_is_named(source, message):
    with pytest.raises(TemplateError) as caught:
        play(DECK, look=source)
    assert str(caught.value.at) == "decks/step.md:1"
    assert message in caught.value.message


def test_a_step_template_that_jinja_cannot_read_is_named():
    with pytest.raises(TemplateError) as caught:
        StepLook("a\n{{ x", "decks/step.md")
    assert str(caught.value.at) == "decks/step.md:2"
