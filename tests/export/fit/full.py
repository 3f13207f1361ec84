"""A course whose decks are too full in every way, and the same decks once the advice is followed."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from livedeck.cli.app import now
from livedeck.export.fit import FitFinding
from livedeck.flow.build import build, fit
from livedeck.model import AnyEvent, Edition, Run
from livedeck.project import course
from PIL import Image

from tests.course import COURSE, Project, captured, recorded, write_record

FRONT = '---\nmarp: true\ntheme: mspt2\npaginate: true\nheader: "머리말"\nfooter: "꼬리말"\n---\n\n'
SENTENCE = "컨테이너가 쓰는 내용은 모두 읽기/쓰기 레이어에 남고, 이미지의 레이어는 여러 컨테이너가 함께 씁니다."


@dataclass(frozen=True)
class FullCourse(Project):
    """Decks of one slide or more, and what their commands print."""

    events: list[AnyEvent] = field(default_factory=list)

    def add(self, slug: str, body: str, *outputs: Sequence[str]) -> None:
        steps = [(captured(f"print {number}", *output),) for number, output in enumerate(outputs)]
        self.write_deck(FRONT + body, slug=slug)
        write_record(self.record_file(slug), recorded(*steps, deck=slug))
        pictures = self.deck_file(slug).parent / "img"
        pictures.mkdir(exist_ok=True)
        Image.new("RGB", (800, 900), "#335577").save(pictures / "tall.png")

    def fit(self) -> dict[str, list[FitFinding]]:
        """Return the findings of every deck."""
        loaded = course.load(self.root)
        run = Run(os.environ, now, self.events.append)
        built = build([Edition(loaded, deck, "current") for deck in loaded.decks], ["ko"], ["html"], run)
        found = fit(loaded, built, run, optional=False)
        return {deck.slug: [each for each in found if each.deck == deck.slug] for deck in loaded.decks}


def make_full_course(root: Path) -> FullCourse:
    made = FullCourse(root)
    made.write_course(COURSE)
    made.furnish()
    return made


def step(number: int = 0, options: str = "") -> str:
    return f"```bash run{options}\nprint {number}\n```\n\n"


LONG = [f"line {number} of what it printed" for number in range(60)]
WIDE = [f"{number:3} " + "x" * 196 for number in range(24)]
BOTH = [f"{number:3} " + "x" * 196 for number in range(60)]
ROWS = [f"| 항목 {n} | 설명 {n} | 값 {n} |\n" for n in range(24)]
TABLE = "| 이름 | 설명 | 값 |\n|---|---|---|\n"
PROSE = [f"{SENTENCE} {SENTENCE}\n\n" for _ in range(9)]

WILD = "<style scoped>img { max-width: none; max-height: 300px }</style>"

FULL: Mapping[str, tuple[str, tuple[Sequence[str], ...]]] = {
    "overlong": (f"# 제목\n\n{step()}한 문장입니다.\n", (LONG,)),
    "overwide": (f"# 제목\n\n{step()}", (WIDE,)),
    "both": (f"# 제목\n\n앞의 문장입니다.\n\n{step()}", (BOTH,)),
    "much-before": (f"# 제목\n\n{''.join(PROSE[:5])}{step()}뒤의 문장입니다.\n", (LONG[:40],)),
    "two-steps": (f"# 제목\n\n{step()}{step(1)}", (LONG[:5], LONG)),
    "in-a-list": ("# 제목\n\n1. 하나\n\n   ```bash run\n   print 0\n   ```\n", (LONG,)),
    "prose": ("# 제목\n\n" + "".join(PROSE), ()),
    "table": ("# 제목\n\n" + TABLE + "".join(ROWS), ()),
    "picture": ("# 제목\n\n그림입니다.\n\n![그림](img/tall.png)\n", ()),
    "small": ("# 제목\n\n<style scoped>p { font-size: 11px; }</style>\n\n작은 글씨입니다.\n", ()),
    "wide-picture": (
        "# 제목\n\n![w:1400](img/tall.png)\n<style scoped>img { max-width: none; max-height: 300px }</style>\n",
        (),
    ),
    "fits": (f"# 제목\n\n{step()}한 문장입니다.\n\n---\n\n# 그림\n\n![h:400](img/tall.png)\n", (LONG[:20],)),
}


@dataclass
class Seen:
    """The course as it was, and with the advice taken in each of its ways."""

    course: FullCourse
    before: dict[str, list[FitFinding]]
    after: dict[str, list[FitFinding]]


def take_advice(body: str, findings: Sequence[FitFinding]) -> list[tuple[str, str]]:
    """The deck with each piece of advice taken, named."""
    if not findings:
        return []
    advice, line = findings[0].advice, findings[0].at.line
    rows = (FRONT + body).split("\n")
    done = []
    for option in re.findall(r"\b(lines=\d+\+\d+|split)\b", advice) if "fence" in advice else []:
        changed = [f"{row} {option}" if number == line else row for number, row in enumerate(rows, 1)]
        done.append((option.split("=")[0], "\n".join(changed).removeprefix(FRONT)))
    if found := re.search(r"move about (\d+) rows", advice):
        kept = len(ROWS) - int(found[1])
        done.append(("rows", body.replace(ROWS[kept], f"\n---\n\n# 제목\n\n{TABLE}{ROWS[kept]}")))
    if found := re.search(r"!\[((?:w|h):\d+)", advice):
        done.append(("size", re.sub(r"!\[[^\]]*", f"![{found[1]}", body)))
    if "---" in advice:
        done.append(("ruler", body.replace("".join(PROSE), "".join([*PROSE[:5], "---\n\n", *PROSE[5:]]))))
    return done
