"""One command while it runs: what it shows, what it asks the terminal, and when it waits for what is typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from livedeck.capture.keyboard import ENTER, Keys
from livedeck.capture.outcomes import CommandEndedShellError, CommandTimeoutError, OutputTooLongError
from livedeck.capture.stream import ChannelEnd, Mark, Stream, is_end
from livedeck.capture.terminal import LONGEST_OUTPUT, CursorLine, Screen, plain
from livedeck.project.patterns import Expression

_QUESTION = re.compile(r"(?:[?:>$#»\u276f]|[\[(][A-Za-z/ ]+/[A-Za-z/ ]+[\])])\s*$")
"""How a line ends at which programs wait for an answer. A per cent sign is a progress bar's."""
SHELL_PROMPT = re.compile(r"[$#%>»\u276f\u279c]\s*$")
"""How the prompts of shells end."""
_ASKS = re.compile(r"[?:]\s*$")
"""How a line ends that a shell's prompt is not: a question before it, such as that for a password."""
_SILENCE_SECONDS = 0.25
"""A command that has shown a question and then nothing for this long is taken to wait for the answer."""
_SILENCE_WITHOUT_LINE_SECONDS = 1.0
"""The same for one that has printed nothing yet, or whole lines: it may still be working."""
_SILENCE_IN_LINE_SECONDS = 2.0
"""The same for one in the middle of a line that does not look like a question."""
_SILENCE_IN_PROGRESS_SECONDS = 4.0
"""The same for one that has drawn its line anew, as progress bars do."""
_PROMPT_SECONDS = 1.0
"""A program that shows its prompt and then nothing for this long waits there: output may pause on such a line too."""
_EDITOR_SECONDS = 0.15
"""The same for one whose line editor says when it waits (bracketed paste)."""
_SILENCE_IN_EDITOR_SECONDS = 4.0
"""The same if its line editor did not say so this time: some do not at continuation prompts."""
_CONTROLS = re.compile("[\x00-\x1f\x7f]")
_MASK = re.compile(r"([^\w\s])\1*")
"""What some programs show instead of each character of a password."""
_ARROW = re.compile(rb"\x1b\[([A-DFH])")
"""A key that sends something else while a program has asked for that (DECCKM)."""
_PASTING = b"\x1b[?2004"
"""A line editor asks for pastes in brackets when it begins to wait, and takes that back when it has a line."""
_RECENT_BYTES = 64 * 1024
_ECHO_SECONDS = 2.0
"""A terminal that shows what is typed does so at once, wherever it is; this is for a loaded machine far away."""
_LONGEST_ECHO = 16 * 1024


class Running:
    """A command that was typed, until it ends or waits for the next line.

    Args:
        stream: where it shows and reads.
        screen: what it shows.
        seconds: after how many it must have ended.
        clock: a monotonic clock, in seconds.
    """

    def __init__(self, stream: Stream, screen: Screen, seconds: float, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._clock = clock
        self._seconds = seconds
        self._started = clock()
        self._recent = b""
        self._since_typed = b""
        self.screen = screen
        self.deadline = self._started + seconds
        self.answers: list[str] = []
        """What the terminal has answered to questions, without control characters."""
        self.typed = False
        """Whether anything was typed into the command."""
        self.untyped = b""
        """What was left to type when it had ended."""
        self.unseen: list[Keys] = []
        """The answers that nothing showed when they were typed, such as passwords."""
        self.ended: Mark | None = None
        """The mark of its end."""

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return round(self._clock() - self._started, 2)

    @property
    def is_edited(self) -> bool:
        """Whether a line editor waits for another line of the same text, as those of Python and Ruby do."""
        return self.screen.pasting and _PASTING not in self._recent

    @property
    def _is_new_line(self) -> bool:
        """Whether a line editor has begun a text, or a line of one."""
        return _PASTING in self._recent or b"\n" in self._recent

    def type(self, keys: Sequence[Keys]) -> None:
        """Type the keys one after the other, each when it is time.

        What is left when the command has ended is `untyped`.

        Raises:
            CommandTimeoutError: it was not time before the deadline.
        """
        for number, key in enumerate(keys):
            if not self._await_turn(key.after):
                raise self.timed_out(key.after)
            if self.ended:
                self.untyped = b"".join(later.typed for later in keys[number:])
                return
            if key.line is not None:
                if not self._answer(key):
                    self.untyped = ENTER.encode() + b"".join(later.typed for later in keys[number + 1 :])
                    return
            elif key.typed:
                self.typed = True
                cursor_keys = self.screen.cursor_keys
                self._stream.send(_ARROW.sub(b"\x1bO\\1", key.typed) if cursor_keys else key.typed)

    def await_end(self) -> None:
        """Wait until the command ends. Raises CommandTimeoutError if it does not."""
        while self.ended is None:
            if not self.watch(self.deadline):
                raise self.timed_out()

    def await_prompt(self, prompts: Sequence[Expression], *, editor: bool) -> str | None:
        """Wait until a program waits at one of its prompts, and return it; None if the command has ended.

        An `editor` is known to say when its line editor waits.

        Raises:
            CommandTimeoutError: neither came in time.
        """
        while self.ended is None:
            line = self.screen.cursor_line.text
            waits = bool(self._recent) and any(
                any(prompt.fullmatch((line.rstrip(), line.strip()))) for prompt in prompts
            )
            moment = _SILENCE_IN_EDITOR_SECONDS if editor else _PROMPT_SECONDS
            if self.screen.pasting:
                moment = _EDITOR_SECONDS if self._is_new_line else _PROMPT_SECONDS
            if not self.watch(min(self.deadline, self._clock() + moment) if waits else self.deadline):
                if waits and self._clock() < self.deadline:
                    return self.screen.cursor_line.text
                if self._clock() >= self.deadline:
                    raise self.timed_out()
        return None

    def await_shell(self) -> bool:
        """Wait until a shell seems to wait at its prompt; return False if the command has ended.

        Raises:
            CommandTimeoutError: neither came in time.
        """
        while self.ended is None:
            line = self.screen.cursor_line
            waits = not line.fresh and not _ASKS.search(line.text)
            moment = 2 * _SILENCE_SECONDS if SHELL_PROMPT.search(line.text) else _SILENCE_IN_LINE_SECONDS
            if not self.watch(min(self.deadline, self._clock() + moment) if waits else self.deadline):
                if self._clock() >= self.deadline:
                    raise self.timed_out()
                return True
        return False

    def watch(self, until: float) -> bool:
        """Take the next piece of what comes; return False if there is none by then.

        Raises:
            CommandEndedShellError, OutputTooLongError: with what the screen showed.
        """
        try:
            piece = self._stream.next(until)
        except ChannelEnd as end:
            raise CommandEndedShellError(end.code, self.screen.output()) from None
        if piece is None:
            return False
        if is_end(piece):
            self.ended = piece
        if isinstance(piece, Mark):
            return True
        answers = self.screen.feed(piece)
        self._recent = (self._recent + piece)[-_RECENT_BYTES:]
        self._since_typed = self._since_typed[-_LONGEST_ECHO:] + piece
        if answers and not self._stream.has_end():  # after its end they would go to the shell
            self._stream.send(answers)
            self.answers += (_CONTROLS.sub("", answer) for answer in answers.decode().split("\x1b"))
        if self.screen.bytes > LONGEST_OUTPUT:
            raise OutputTooLongError(self.screen.output())
        return True

    def timed_out(self, awaited: str | None = None) -> CommandTimeoutError:
        """Return the error that says how the command stands."""
        return CommandTimeoutError(
            self._seconds,
            self.screen.output(),
            self._clock() - self._stream.heard,
            awaited=awaited,
            typed=self.typed and awaited is None,
            line=self.screen.cursor_line.text.strip(),
        )

    def _answer(self, key: Keys) -> bool:
        """Type an answer, and Enter when it is known whether it is shown; return False if the command ends before.

        The settings of the terminal would not say: with `docker run -it` or `ssh` it is another one, further away, that
        shows what is typed. Before Enter nothing has read the line, so what comes until then is its echo.
        """
        self.typed = True
        self._since_typed = b""
        answer = key.line or ""
        self._stream.send(answer.encode())
        until = min(self._clock() + _ECHO_SECONDS, self.deadline)
        while not (shown := _shows(self._since_typed, answer)) and self.ended is None and self.watch(until):
            pass
        is_masked = _MASK.fullmatch(_visible(self._since_typed)) is not None
        if not shown and (is_masked or not self.screen.is_alternate):  # editors and pagers take commands unseen
            self.unseen.append(key)
        if self.ended is None:
            self._stream.send(ENTER.encode())
        return self.ended is None

    def _await_turn(self, text: str | None) -> bool:
        """Return True when it is time to type or the command has ended, False at the deadline.

        It is time shortly after `text` has been shown; without a text, when the terminal has been silent for a moment.
        """
        found = False
        while self.ended is None:
            if text is not None and not found and (after := _after(text, self._recent)) is not None:
                self._recent, found = after, True
            if found:
                moment = self._clock() + _SILENCE_SECONDS
            else:
                moment = self._clock() + _patience(self.screen.cursor_line) if text is None else self.deadline
            if not self.watch(min(moment, self.deadline)):
                return self._clock() < self.deadline
            if found:  # a program that never falls silent waits no longer than this
                return self._await_moment(moment)
        return True

    def _await_moment(self, until: float) -> bool:
        """Watch until then, or the end; return whether that is before the deadline."""
        while self.ended is None and self._clock() < until and self.watch(min(until, self.deadline)):
            pass
        return self.ended is not None or self._clock() < self.deadline


def _visible(data: bytes) -> str:
    return _CONTROLS.sub("", "".join(plain(data).split()))


def _shows(data: bytes, answer: str) -> bool:
    """Return whether a terminal shows an answer, or a good part of it: `i` of `iHello` is a command in vi."""
    shown, typed = _visible(data), "".join(answer.split())
    size = max((len(typed) + 1) // 2, 1)
    return any(typed[at : at + size] in shown for at in range(len(typed) - size + 1))


def _after(text: str, recent: bytes) -> bytes | None:
    """Return what follows the first occurrence of a text in what was shown, None if there is none."""
    _, found, after = plain(recent).partition(text)
    return after.encode() if found else None


def _patience(line: CursorLine) -> float:
    """Return for how many seconds a command must be silent to be taken to wait, with the cursor on this line."""
    if line.fresh:
        return _SILENCE_WITHOUT_LINE_SECONDS
    if not _QUESTION.search(line.text):
        return _SILENCE_IN_PROGRESS_SECONDS if line.redrawn else _SILENCE_IN_LINE_SECONDS
    return _SILENCE_WITHOUT_LINE_SECONDS if line.redrawn else _SILENCE_SECONDS
