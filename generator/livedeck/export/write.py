"""Export: one call of Marp for each format of all decks; each file is checked before it is put in place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from livedeck.errors import ContentError, ErrorCollector, ExportError, LivedeckError, Problems, raise_all
from livedeck.export import controls, licences, marp, page, policy, prints, subsetting, themes, verify
from livedeck.export.fit.measuring import Browser
from livedeck.export.prints import Size
from livedeck.model import BuiltDeck, Course, Format, Labels, Notice, Run, Wrote, output_path
from livedeck.project import bounded, disk, paths

_Checked = dict[BuiltDeck, list[ExportError | Notice]]
_START_UP = 60.0
_CORRECT = "correct what it names, then build again"


@dataclass(frozen=True, slots=True)
class _Form:
    """One format. `patience` is how many seconds a slide may take, far beyond what it does take."""

    name: Format
    patience: float
    arguments: tuple[str, ...] = ()

    @property
    def browser(self) -> bool:
        """Whether a browser prints it."""
        return self.name != "html"


_HTML = _Form("html", 0.5)
# Printing in two tabs at a time is faster, but a tab that is not in front never gets its pictures taken.
_FORMS = (
    _HTML,
    _Form("pdf", 4.0, ("--pdf", "--pdf-outlines", "--parallel", "2")),
    _Form("png", 4.0, ("--images", "png", "--parallel", "1")),
    _Form("pptx", 6.0, ("--pptx", "--parallel", "1")),
)


def write(
    course: Course, decks: Sequence[BuiltDeck], formats: Sequence[Format], run: Run, *, optional: bool = False
) -> tuple[BuiltDeck, ...]:
    """Write every deck in every format next to its Markdown, and return the decks with `files` filled.

    Files of an earlier export are removed first, and a new one is put in place only after it was checked: what lies
    there after an error is right. With `optional`, formats that need a browser are left out with a Notice where there
    is none.

    Raises:
        UsageError: there is no such theme.
        HostError: a program is missing or fails.
        ExportError: a deck did not come out as it should; Problems for several.
    """
    root, theme = course.root, course.file.theme
    wanted = tuple(form for form in _FORMS if form.name in formats)
    printed = [form.name.upper() for form in wanted if form.browser]
    if optional and printed and marp.find_browser(run.environ) is None:
        run.report(Notice(f"no {', '.join(printed)} was made: {marp.NO_BROWSER} ({marp.INSTALL_BROWSER})"))
        wanted = tuple(form for form in wanted if not form.browser)
    if not decks or not wanted:
        return tuple(decks)
    for built in decks:
        for form in wanted:
            disk.remove_built(root, _target(built, form))
    look = themes.find(root, theme)
    programs = marp.find(root, run.environ, browser=any(form.browser for form in wanted))
    shelf = root / "build" / paths.MARP
    with disk.workspace(root, shelf, "theme-") as css:
        for text in themes.make_ready(look, [built.markdown for built in decks], css, subsetting.shelf(run.environ)):
            run.report(Notice(text))
        export = _Export(course, css, shelf, programs, licences.files(course), run)
        errors: list[LivedeckError] = []
        # Pictures are relative to the folder of the Markdown, and one call of Marp knows one such folder.
        for parent in dict.fromkeys(built.markdown.parent for built in decks):
            try:
                export.make([built for built in decks if built.markdown.parent == parent], wanted)
            except (ContentError, Problems) as error:
                errors.append(error)
        raise_all(errors)
    return tuple(replace(built, files=tuple(_target(built, form) for form in wanted)) for built in decks)


def _target(built: BuiltDeck, form: _Form) -> Path:
    return output_path(built.markdown, form.name)


@dataclass(frozen=True, slots=True)
class _Export:
    """One export in progress; `shelf` is the folder below which Marp works."""

    course: Course
    css: Path
    shelf: Path
    programs: marp.Marp
    licences: Sequence[Path]
    run: Run

    def make(self, decks: Sequence[BuiltDeck], wanted: Sequence[_Form]) -> None:
        """Make decks of one folder in all formats. Raises all errors of the first format that has any."""
        sizes: dict[Path, Size] = {}
        with disk.workspace(self.course.root, self.shelf, "run-") as folder:
            # HTML takes a second and shows nearly everything that can be wrong, so it is always made first.
            for form in dict.fromkeys((_HTML, *wanted)):
                self._make(form, decks, folder / form.name, sizes, publish=form in wanted)

    def _make(
        self, form: _Form, decks: Sequence[BuiltDeck], folder: Path, sizes: dict[Path, Size], *, publish: bool
    ) -> None:
        """Make decks in one format, check them, and put those in place that are right. Raises all errors."""
        warnings = marp.convert(
            self.programs if form.browser else replace(self.programs, browser=None),
            folder,
            self.css,
            [built.markdown for built in decks],
            form.arguments,
            seconds=_START_UP + form.patience * sum(len(built.slides) for built in decks),
            environ=self.run.environ,
        )
        others = [text for text in warnings if not any(_about(built, text) for built in decks)]
        raise_all([ExportError(f"Marp warned: {text}", hint=_CORRECT) for text in others])
        results = {built: _result(folder / "out", built, form) for built in decks}
        checked = self._checked_html(results) if form is _HTML else self._checked_prints(form, results, sizes)
        with ErrorCollector() as errors:
            for built, found in checked.items():
                own = (text for text in warnings if _about(built, text))
                found += [verify.error(built, f"Marp warned: {text}", _CORRECT) for text in own]
                wrong = [each for each in found if isinstance(each, ExportError)]
                errors.add(wrong)
                if not wrong and form is _HTML:
                    sizes[built.markdown] = page.slide_size(results[built])
                if not wrong and publish:
                    disk.put(self.course.root, results[built], _target(built, form))
                    self.run.report(Wrote(_target(built, form)))
                for notice in found:
                    if isinstance(notice, Notice):
                        self.run.report(notice)

    def _checked_html(self, results: Mapping[BuiltDeck, Path]) -> _Checked:
        """Finish HTML files, and return what is wrong with them. What a browser prints it looks at here, guarded."""
        found: _Checked = {}
        for built, result in results.items():
            if result.is_file():
                labels = self.course.file.labels.get(built.lang, Labels())
                text = controls.added(bounded.text(result.parent, result, bounded.BUILT), built, tuple(results), labels)
                text = licences.mentioned(text, self.licences, built.markdown)
                disk.write(result.parent, result, policy.protected(text))
            found[built] = [*verify.html(built, result, self.course.file.theme)]
        right = [built for built in results if not found[built]]
        if right and self.programs.browser is not None:
            browser = Browser(self.course.root, self.programs, self.run.environ)
            slides = sum(len(built.slides) for built in right)
            looks = browser.measure({_target(built, _HTML): results[built] for built in right}, slides)
            for built, look in zip(right, looks, strict=True):
                found[built] += verify.refused(built, look.refused)
        return found

    @staticmethod
    def _checked_prints(form: _Form, results: Mapping[BuiltDeck, Path], sizes: Mapping[Path, Size]) -> _Checked:
        return {
            built: [*prints.check(form.name, built, path, sizes[built.markdown])] for built, path in results.items()
        }


def _about(built: BuiltDeck, warning: str) -> bool:
    return built.markdown.name in warning


def _result(folder: Path, built: BuiltDeck, form: _Form) -> Path:
    """Return what Marp wrote of a deck. Its pictures, `NAME.001.png` and so on, are put into a folder of their own."""
    result = folder / _target(built, form).name
    if form.name == "png":
        slide = re.compile(rf"{re.escape(built.markdown.stem)}\.(\d+\.png)")
        for picture in list(folder.iterdir()):
            if found := slide.fullmatch(picture.name):
                disk.make_folder(folder, result)
                disk.put(folder, picture, result / found[1])
    return result
