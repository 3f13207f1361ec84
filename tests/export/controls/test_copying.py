"""Copy buttons, from the template to the clipboard of a real browser."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from tests.course import COURSE, Project, captured, make_project, recorded, write_record

HOSTILE = """echo "it's" '</script><script>window.evil=1</script><b>' --> `a` &amp; {{x}} \\n 😀 "한글"   \t끝"""
HEREDOC = """cat > 파일.txt <<'끝'
  들여쓰기\t탭
$ 프롬프트처럼
> 꺾쇠

끝"""
LONG = "docker run " + " ".join(f"--env NAME_{number}=value" for number in range(12))
RUNS: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = (
    ("", ((HOSTILE, 0),)),
    ("", ((HEREDOC, 0), ("echo 둘", 0))),
    ("exit=1,0", (("false", 1), (LONG, 0))),
    ('copy="docker push [USER-NAME]/app"', (("docker push ubuntu/app", 0),)),
    ("show=output", (("echo 보임", 0), ("echo 또", 0))),
    ("copy=none", (("echo 아님", 0),)),
    ("copy=last", (("cd /tmp", 0), ("ls", 0))),
    ("show=none", (("echo 숨음", 0),)),
    ("show=output", (("touch 조용히", 0),)),
)
SILENT = "touch"
EXPECTED = [
    [HOSTILE],
    [HEREDOC, "echo 둘"],
    [LONG],
    ["docker push [USER-NAME]/app"],
    ["echo 보임\necho 또"],
    [],
    ["ls"],
    [],
    ["touch 조용히"],
    ["echo 세 줄"],
    ["echo quoted", "echo listed"],
]
LABELS = 'copy = "명령어 복사"\ncopied = "복사했습니다"\n'


def deck() -> str:
    slides = ["\n".join((f"```bash run {options}", *(text for text, _ in run), "```")) for options, run in RUNS]
    slides.append("```bash run\necho 세 줄\n```")
    slides.append("> ```bash run\n> echo quoted\n> ```\n\n- item\n\n  ```bash run\n  echo listed\n  ```")
    return "---\nmarp: true\ntheme: mspt2\n---\n\n" + "\n\n---\n\n".join(slides) + "\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    steps = [
        tuple(captured(text, *([] if text.startswith(SILENT) else ["output"]), code=code) for text, code in run)
        for _, run in RUNS
    ]
    steps.append((structs.replace(captured("echo 세 줄", "세 줄"), prompt="\n┌ ~/app\n└ $ "),))
    steps += [(captured("echo quoted", "quoted"),), (captured("echo listed", "listed"),)]
    made = make_project(tmp_path_factory.mktemp("copying"), COURSE + LABELS, deck(), steps)
    done = made.livedeck("build", "--format", "html")
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="module")
def seen(project: Project, browser: str) -> dict[str, Any]:
    """What a reader did with the buttons, and what came of it."""
    script = Path(__file__).with_name("copying.mjs")
    html = project.markdown.with_suffix(".html")
    command = ["node", str(script), browser, str(html), str(project.root / "seen.png")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("way", ["mouse", "selected"])
def test_each_button_copies_its_command_and_nothing_else(seen: dict[str, Any], way: str) -> None:
    assert [[copy["text"] for copy in slide["copies"]] for slide in seen[way]] == EXPECTED
    said = {copy["said"] for slide in seen[way] for copy in slide["copies"]}
    assert said == {"복사했습니다"}


def test_one_button_a_command_where_the_command_is(seen: dict[str, Any]) -> None:
    beside = [[button["beside"] for button in slide["buttons"]] for slide in seen["mouse"]]
    line, quote = "span", "blockquote"
    assert beside == [[line], [line, line], [line], [quote], [quote], [], [line], [], [quote], [line], [line, line]]


def test_buttons_have_a_name_in_the_language_of_the_deck_and_no_text(seen: dict[str, Any]) -> None:
    names = [button["name"] for slide in seen["mouse"] for button in slide["buttons"]]
    assert names[1] == "명령어 복사: cat > 파일.txt <<'끝'"
    assert all(name.startswith("명령어 복사: ") for name in names)
    assert {button["text"] for slide in seen["mouse"] for button in slide["buttons"]} == {""}


def test_the_keyboard_copies_and_still_turns_pages(seen: dict[str, Any]) -> None:
    keys = seen["keys"]
    assert keys["label"].startswith("명령어 복사: echo")
    assert keys["ring"] == "solid", "the focus is seen"
    assert [keys[key]["text"] for key in ("enter", "space")] == [HOSTILE] * 2
    assert [keys[key]["slide"] for key in ("enter", "space")] == ["#1"] * 2, "the space bar pressed the button only"
    assert [keys[key]["focus"] for key in ("enter", "space")] == ["button"] * 2
    assert keys["arrow"] == "#2"
    assert keys["next"].startswith("명령어 복사: cat"), "buttons of other slides are passed over"
    assert keys["afterClick"] == "#3", "after a click the space bar turns the page"


def test_buttons_are_in_no_ones_way(seen: dict[str, Any]) -> None:
    assert [slide["covered"] for slide in seen["mouse"]] == [[]] * len(EXPECTED)
    assert [slide["outside"] for slide in seen["mouse"]] == [0] * len(EXPECTED)
    assert [slide["moved"] for slide in seen["mouse"]] == [False] * len(EXPECTED)
    assert seen["printed"] == ["none", "none"]


def test_nothing_runs_and_nothing_leaves_the_machine(seen: dict[str, Any]) -> None:
    assert seen["errors"] == []
    assert all(url.startswith("file:") for url in seen["requests"])
    assert (seen["scripts"], seen["evil"]) == (0, True)


def test_a_deck_without_commands_has_no_script(project: Project) -> None:
    html = project.markdown.with_suffix(".html").read_text(encoding="utf-8")
    assert html.count("<style>") == html.count("</style>")
    assert "livedeck-said" in html
    project.deck.write_text("---\nmarp: true\ntheme: mspt2\n---\n\n# Words only\n", encoding="utf-8")
    write_record(project.record, recorded())
    done = project.livedeck("build", "--format", "html")
    assert done.returncode == 0, done.stderr
    assert "livedeck-said" not in project.markdown.with_suffix(".html").read_text(encoding="utf-8")
