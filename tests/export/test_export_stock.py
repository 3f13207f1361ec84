"""The Markdown is plain Marp: Marp CLI by itself, and Marp for VS Code, show it in the theme."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

from livedeck.export import page

SOURCE = Path(__file__).parents[2]


def test_the_documented_line_shows_the_theme(project):
    (line,) = re.findall(
        r"^    (npx marp .*)$", (SOURCE / "docs" / "export.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    _, _, *arguments, deck = shlex.split(line)
    markdown = project.root / deck
    shutil.copy(SOURCE / "tests" / "export" / "gallery.ko.md", markdown)
    command = [project.root / "node_modules" / ".bin" / "marp", *arguments, deck]
    done = subprocess.run(command, cwd=project.root, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARN" not in done.stderr
    html = markdown.with_suffix(".html")
    assert [slide.theme for slide in page.read(html).slides] == ["mspt2"] * 9
    assert "ubuntu@ip-10-0-1-14:~$ docker ps" in html.read_text(encoding="utf-8")


def test_the_preview_in_vs_code_knows_every_theme():
    settings = json.loads((SOURCE / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    themes = sorted(f"./{path.relative_to(SOURCE)}" for path in (SOURCE / "themes").rglob("*.css"))
    assert sorted(settings["markdown.marp.themes"]) == themes, "paths are relative to the workspace"
