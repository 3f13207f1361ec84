"""Copy buttons in HTML decks: what `terminal.mjs` marked as a command to copy gets its button in the browser."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from pathlib import Path

from livedeck.model import Labels

_MARKED = ' data-copy="'
_END = "</body>"


def add_buttons(path: Path, labels: Labels) -> None:
    """Put our style and script at the end of an HTML file, if it has a command to copy; once written, it is whole.

    Text of the deck cannot hold the mark: its quotation marks are escaped.
    """
    text = path.read_text(encoding="utf-8")
    head, end, tail = text.rpartition(_END)
    if _MARKED in head and end:
        path.write_text(f"{head}{_part(labels)}{end}{tail}", encoding="utf-8")


def _part(labels: Labels) -> str:
    folder = files("livedeck.export")
    style, script = (folder.joinpath(name).read_text(encoding="utf-8") for name in ("copying.css", "copying.js"))
    words = {"copy": labels.copy, "copied": labels.copied, "not-copied": labels.not_copied}
    said = "".join(f' data-{name}="{escape(word)}"' for name, word in words.items())
    region = f'<div class="livedeck-said" role="status" aria-live="polite"{said}></div>'
    return f"<style>{style}</style>{region}<script>{script}</script>"
