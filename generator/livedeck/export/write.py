"""Export: one call of Marp per format for all decks, every file checked before it is put in place."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from livedeck.errors import ContentError, ExportError, LivedeckError, Problems, raise_all
from livedeck.export import copying, marp, page, switching, themes, verify
from livedeck.export.forms import HTML, Form, Size, named
from livedeck.model import BuiltDeck, Labels, Notice, Report, Wrote, output_path
from livedeck.project import disk

_START_UP = 60.0
_MEND = "correct what it names, then build again"


def write(
    root: Path,
    theme: str,
    decks: Sequence[BuiltDeck],
    formats: Sequence[str],
    *,
    environ: Mapping[str, str],
    report: Report,
    optional: bool = False,
    labels: Mapping[str, Labels] | None = None,
) -> tuple[BuiltDeck, ...]:
    """Write every deck in every format beside its Markdown, and return the decks with `files` filled.

    Files of an earlier export go first, and a new one is put in place only when it has been checked; so what lies there
    after an error is right, or is not there. With `optional`, what has to be printed is left out with a Notice where
    there is no browser. `labels` are the words of the copy buttons, by language.

    Raises UsageError for a theme or format that does not exist, HostError for a missing or failing program, and
    ExportError for each deck that did not come out as it should.
    """
    root = root.resolve()
    wanted = named(formats)
    if optional and any(form.browser for form in wanted) and marp.find_browser(environ) is None:
        left_out = ", ".join(form.name.upper() for form in wanted if form.browser)
        report(Notice(f"no {left_out} was made: {marp.NO_BROWSER} ({marp.INSTALL_BROWSER})"))
        wanted = tuple(form for form in wanted if not form.browser)
    if not decks or not wanted:
        return tuple(decks)
    for built in decks:
        for form in wanted:
            disk.remove_built(_target(built, form))
    look = themes.find(root, theme)
    programs = marp.find(root, environ, browser=any(form.browser for form in wanted))
    shelf = root / "build" / ".marp"
    with disk.writing(shelf), _working_folder(shelf) as folder:
        css = Path(folder)
        lacking = themes.make_ready(look, [built.markdown for built in decks], css, themes.shelf(root))
        for text in _lacking(theme, lacking):
            report(Notice(text))
        _print_all(_Press(root, theme, css, tuple(decks), shelf, programs, environ, report, labels or {}), wanted)
    return tuple(replace(built, files=tuple(_target(built, form) for form in wanted)) for built in decks)


@contextmanager
def _working_folder(shelf: Path) -> Iterator[str]:
    """A folder for one export, gone when it is done."""
    shelf.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="theme-", dir=shelf, ignore_cleanup_errors=True) as folder:
        yield folder


def _print_all(press: _Press, wanted: Sequence[Form]) -> None:
    errors: list[LivedeckError] = []
    # Pictures are relative to the folder of the Markdown, of which one call of Marp knows only one.
    for parent in dict.fromkeys(built.markdown.parent for built in press.decks):
        together = tuple(built for built in press.decks if built.markdown.parent == parent)
        with TemporaryDirectory(prefix="run-", dir=press.folder, ignore_cleanup_errors=True) as name:
            try:
                replace(press, decks=together, folder=Path(name), sizes={}).print_all(wanted)
            except (ContentError, Problems) as error:
                errors.append(error)
    raise_all(errors)


def _lacking(theme: str, lacking: themes.Lacking) -> Iterator[str]:
    where = {lacking.everywhere: "", lacking.code: " for code"}
    for characters, place in where.items():
        if characters:
            named = ", ".join(f"{c} (U+{ord(c):04X})" for c in characters)
            what = "columns there may not stand below one another" if place else "so they look different elsewhere"
            yield f"no font of the theme {theme} has {named}{place}: they are shown in one of the machine's, {what}"


def _target(built: BuiltDeck, form: Form) -> Path:
    return output_path(built.markdown, form.name)


@dataclass(frozen=True, slots=True)
class _Press:
    """One export under way: decks of one folder, and the folder below `build/.marp/` that Marp works in."""

    root: Path
    theme: str
    css: Path
    decks: tuple[BuiltDeck, ...]
    folder: Path
    programs: marp.Marp
    environ: Mapping[str, str]
    report: Report
    labels: Mapping[str, Labels]
    sizes: dict[Path, Size] = field(default_factory=dict)

    def print_all(self, wanted: Sequence[Form]) -> None:
        """Make all decks in all formats. Raises all that is wrong with the first format in which anything is."""
        # HTML takes a second and shows nearly everything that can be wrong, so it is always made first.
        self._print(HTML, publish=HTML in wanted)
        for form in wanted:
            if form is not HTML:
                self._print(form, publish=True)

    def _print(self, form: Form, *, publish: bool) -> None:
        """Make all decks in one format, check them, and put those in place that are right. Raises all that is wrong."""
        folder = self.folder / form.name
        warnings = self._convert(form, folder)
        errors: list[LivedeckError] = []
        for built in self.decks:
            result = _result(folder / "out", built, form)
            if form is HTML and result.is_file():
                copying.add_buttons(result, self.labels.get(built.lang, Labels()))
                switching.add_switch(result, built, self.decks)
            found = list(form.check(built, result, self.theme, self.sizes.get(built.markdown, (0, 0))))
            wrong = [each for each in found if isinstance(each, ExportError)]
            wrong += [verify.error(built, f"Marp warned: {text}", _MEND) for text in warnings if _about(built, text)]
            errors += wrong
            if form is HTML and not wrong:
                self.sizes[built.markdown] = page.slide_size(result)
            if publish and not wrong:
                disk.put(result, _target(built, form))
                self.report(Wrote(_target(built, form)))
            for notice in (each for each in found if isinstance(each, Notice)):
                self.report(notice)
        raise_all(errors)

    def _convert(self, form: Form, folder: Path) -> tuple[str, ...]:
        """Let Marp write all decks into `folder/out`. Returns the warnings about decks and raises the others."""
        folder.mkdir()
        marp.prepare(folder)
        for built in self.decks:
            shutil.copyfile(built.markdown, folder / "in" / built.markdown.name)
        warnings = marp.convert(
            self.programs if form.browser else replace(self.programs, browser=None),
            folder,
            self.css,
            form.arguments,
            base=self.decks[0].markdown.parent.resolve(),
            seconds=_START_UP + form.patience * sum(len(built.slides) for built in self.decks),
            environ=self.environ,
        )
        others = [text for text in warnings if not any(_about(built, text) for built in self.decks)]
        raise_all([ExportError(f"Marp warned: {text}", hint=_MEND) for text in others])
        return warnings


def _about(built: BuiltDeck, warning: str) -> bool:
    return built.markdown.name in warning


def _result(folder: Path, built: BuiltDeck, form: Form) -> Path:
    """What Marp wrote of a deck. Its pictures, `NAME.001.png` and so on, are put into a folder of their own."""
    result = folder / _target(built, form).name
    if form.name == "png":
        result.mkdir()
        slide = re.compile(rf"{re.escape(built.markdown.stem)}\.(\d+\.png)")
        for picture in list(folder.iterdir()):
            if found := slide.fullmatch(picture.name):
                picture.rename(result / found[1])
    return result
