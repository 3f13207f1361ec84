"""Export: one call of Marp per format for all decks, every file checked before it is put in place."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from generator.errors import ExportError, LivedeckError, UsageError, raise_all
from generator.export import marp, verify
from generator.model import Built, Report, Wrote

_THEME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class _Format:
    """How one kind of file is asked of Marp, and how it is checked."""

    name: str
    suffix: str
    arguments: tuple[str, ...]
    browser: bool
    patience: float
    """Seconds a slide may take, far beyond what it does take."""
    check: Callable[[Built, Path, str], Iterator[ExportError]]


_FORMATS = {
    each.name: each
    for each in (
        _Format("html", ".html", (), browser=False, patience=0.5, check=verify.html),
        _Format(
            "pdf",
            ".pdf",
            ("--pdf", "--pdf-outlines", "--parallel", "2"),
            browser=True,
            patience=4.0,
            check=lambda built, path, _theme: verify.pdf(built, path),
        ),
    )
}
_HTML = _FORMATS["html"]
_START_UP = 60.0
_MEND = "correct what it names, then build again"


def write(
    root: Path,
    theme: str,
    decks: Sequence[Built],
    formats: Sequence[str],
    *,
    environ: Mapping[str, str],
    report: Report,
) -> tuple[Built, ...]:
    """Write every deck in every format beside its Markdown, in `build/`, and return the decks with `files` filled.

    Files of an earlier export go first, and a new one is put in place only when it has been checked; so what lies there
    after an error is right, or is not there. Raises UsageError for a theme or format that does not exist, HostError for
    a missing or failing program, and ExportError for each deck that did not come out as it should.
    """
    root = root.resolve()
    wanted = _wanted(formats)
    if not decks or not wanted:
        return tuple(decks)
    for built in decks:
        for form in wanted:
            _target(built, form).unlink(missing_ok=True)
    css = _theme(root, theme)
    programs = marp.find(root, environ, browser=any(form.browser for form in wanted))
    shelf = root / "build" / ".marp"
    shelf.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="run-", dir=shelf, ignore_cleanup_errors=True) as name:
        press = _Press(root, theme, css, tuple(decks), Path(name), programs, environ, report)
        # HTML takes a second and shows nearly everything that can be wrong, so it is always made first.
        press.print(_HTML, publish=_HTML in wanted)
        for form in wanted:
            if form is not _HTML:
                press.print(form, publish=True)
    return tuple(replace(built, files=tuple(_target(built, form) for form in wanted)) for built in decks)


def _wanted(formats: Sequence[str]) -> tuple[_Format, ...]:
    for name in formats:
        if name not in _FORMATS:
            raise UsageError(f"there is no format `{name}`", hint=f"the formats are {', '.join(_FORMATS)}")
    return tuple(_FORMATS[name] for name in dict.fromkeys(formats))


def _theme(root: Path, theme: str) -> Path:
    css = root / "themes" / f"{theme}.css"
    if not _THEME.fullmatch(theme) or not css.is_file():
        known = ", ".join(sorted(path.stem for path in (root / "themes").glob("*.css"))) or "none yet"
        raise UsageError(
            f"there is no theme `{theme}`: themes/ holds no such file", hint=f"the themes in themes/ are: {known}"
        )
    if not re.search(rf"@theme\s+{re.escape(theme)}\s", css.read_text(encoding="utf-8")):
        raise UsageError(
            f"themes/{theme}.css does not name itself", hint=f"write `@theme {theme}` into a comment at its top"
        )
    return css


def _target(built: Built, form: _Format) -> Path:
    return built.markdown.with_suffix(form.suffix)


@dataclass(frozen=True, slots=True)
class _Press:
    """One export under way: its decks, and the folder below `build/.marp/` that Marp works in."""

    root: Path
    theme: str
    css: Path
    decks: tuple[Built, ...]
    folder: Path
    programs: marp.Marp
    environ: Mapping[str, str]
    report: Report

    def print(self, form: _Format, *, publish: bool) -> None:
        """Make all decks in one format, check them, and put those in place that are right. Raises all that is wrong."""
        folder = self.folder / form.name
        warnings = self._convert(form, folder)
        errors: list[LivedeckError] = []
        for built in self.decks:
            result = folder / "out" / _target(built, form).name
            wrong = list(form.check(built, result, self.theme))
            wrong += [verify.error(built, f"Marp warned: {text}", _MEND) for text in warnings if _about(built, text)]
            errors += wrong
            if publish and not wrong:
                result.replace(_target(built, form))
                self.report(Wrote(_target(built, form)))
        raise_all(errors)

    def _convert(self, form: _Format, folder: Path) -> tuple[str, ...]:
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


def _about(built: Built, warning: str) -> bool:
    return built.markdown.name in warning
