"""Terminal output can hold anything. It arrives as text, byte for byte, and changes nothing around it."""

import json
from pathlib import Path

import pytest
from livedeck.export import page, verify
from pypdf import PdfReader

HOSTILE = (
    """\
$ cat 가짜 <<< "`date`" && echo '$HOME' \\
> **bold** [link](javascript:alert(1)) ![](http://example.com/a.png)
---

```
~~~
<script>document.title = "gone"</script></foreignObject></svg></section>
<!-- _class: x -->
<!-- theme: gaia -->
# heading
  leading and trailing   \t
\ttab\ttab
&amp; &lt; &#39; " ' {{ json . }} {% raw %} $x$ $$y$$ :smile: 😀
사과 -> 배 -- ≥ ├── 이름 │ ✔ ⠿ … ﾊﾝｶｸ \uff46\uff55ll 한글(NFD)
![bg](a.png)
| a | b |
"""
    + ("0123456789" * 33)
    + "\n\n\nlast   \n"
)


@pytest.fixture(scope="module")
def hostile(new_project, look):
    project = new_project("hostile")
    fence = "`````terminal 1:2 2:2 99:3 4:0 mark:x size=14 7:9999 0:1 -1:2\n" + HOSTILE + "`````"
    quoted = "\n".join(f"> {line}" for line in fence.split("\n"))
    listed = "- 항목\n\n" + "\n".join(f"  {line}" for line in fence.split("\n"))
    body = f"# 앞\n\n{fence}\n\n뒤\n\n---\n\n{quoted}\n\n---\n\n{listed}\n\n---\n\n```terminal\n```\n\n# 끝"
    (built,) = project.write(project.deck("01-a", body, 4), formats=("html", "pdf"))
    return look(built.files[0]), built


def test_text_is_exact_everywhere(hostile):
    seen, _ = hostile
    texts = [block["text"] for slide in seen["slides"] for block in slide["terminals"]]
    assert texts == [HOSTILE, HOSTILE, HOSTILE, ""]


def test_no_slide_and_no_element_is_added(hostile):
    seen, _ = hostile
    assert seen["svgs"] == len(seen["slides"]) == 4
    assert {slide["theme"] for slide in seen["slides"]} == {"mspt2"}
    assert [slide["scripts"] for slide in seen["slides"]] == [0, 0, 0, 0]
    assert seen["pictures"] == []
    known = {"code.", "span.line", "span.line typed", "span.prompt", "span.command", "span.output"}
    for slide in seen["slides"]:
        for block in slide["terminals"]:
            assert set(block["elements"]) <= known
    assert seen["scaled"] == 0
    assert all(url.startswith("file:") for url in seen["requests"])


def test_prompt_command_and_output_are_distinguished(hostile):
    lines = hostile[0]["slides"][0]["terminals"][0]["lines"]
    kinds = [line["kinds"] for line in lines]
    assert kinds[0] == [["prompt", "$ "], ["command", HOSTILE.partition("\n")[0][2:]]]
    assert kinds[1][0] == ["prompt", "> "]
    assert kinds[2] == [["output", "---"]]
    assert kinds[3] == [], "an empty line of typed input"
    assert kinds[6][0][0] == "prompt", "a prompt longer than its line is the line"
    assert "".join("".join(text for _, text in line) + "\n" for line in kinds) == HOSTILE


def test_every_line_takes_its_rows(hostile):
    lines = hostile[0]["slides"][0]["terminals"][0]["lines"]
    rows = [line["rows"] for line in lines]
    assert len(rows) == HOSTILE.count("\n")
    assert rows[16] == 3, "330 columns are folded onto three rows"
    assert rows[17] == rows[18] == 1, "empty lines have their row"


def test_pdf_has_the_text(hostile):
    text = "".join(PdfReader(hostile[1].files[1]).pages[0].extract_text().split())
    for piece in ("date`\"&&echo'$HOME'\\", "<script>document.title", "<!--_class:x-->", "├──", "0123456789" * 33):
        assert piece in text
    assert "이름" in text


EVIL = "require('node:fs').writeFileSync({target}, 'x')"


@pytest.mark.hostile("files beside the project", "a build as always", "code of theirs runs")
def test_configuration_files_in_the_project_are_not_used(project, monkeypatch):
    target = json.dumps(str(project.root / "executed"))
    evil = EVIL.format(target=target)
    for folder in (project.root, project.root / "build"):
        (folder / "marp.config.cjs").write_text(f"{evil}; module.exports = {{}}")
        (folder / "marp.config.js").write_text(f"{evil}; module.exports = {{}}")
        (folder / "marp.config.mjs").write_text(
            f"import fs from 'node:fs'; fs.writeFileSync({target}, 'x'); export default {{}}"
        )
        (folder / ".marprc").write_text("html: true\ntheme: gaia\nlang: xx\n")
        (folder / "package.json").write_text('{"marp": {"html": true, "lang": "xx"}}')
    (project.root / "preload.cjs").write_text(evil)
    project.environ["NODE_OPTIONS"] = f"--require {project.root / 'preload.cjs'}"
    monkeypatch.chdir(project.root)
    deck = project.deck("01-a", '# 하나\n\n<button onclick="x()">x</button>', 1)
    (built,) = project.write(deck)
    assert not (project.root / "executed").exists()
    assert "<button onclick" not in built.files[0].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "css",
    [
        "background: url(http://example.com/a.png)",
        "background: u\\72l(http://example.com/a.png)",
        "background: image-set('http://example.com/a.png' 1x)",
        "background: -webkit-image-set(url(file:///etc/hostname) 1x)",
        "background: i\\6d age-set('file:///etc/hostname' 1x)",
        "background: url(/**/'//example.com/a.png')",
        "background: url(../../outside.png)",
    ],
)
def test_css_loads_nothing_from_elsewhere(css):
    assert [address for address in page.css_addresses(css) if verify._trouble(address, Path("/nowhere/build"))]
    assert list(page.css_addresses("background: url('data:image/svg+xml,http://www.w3.org/')")) == []
