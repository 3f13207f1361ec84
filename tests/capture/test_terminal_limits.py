"""Output without end: what is kept, how it is counted, and what it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest
from livedeck.capture.terminal import EMULATED_ROWS, KEPT_LINES, LONGEST_LINE, Output, Screen

CHUNKS = (1_000, 65_536, 10_000_000)


def numbered(count: int, width: int = 0, end: bytes = b"\r\n") -> bytes:
    return b"\r\n".join(str(n).rjust(width, "-").encode() for n in range(count)) + end


def shown(data: bytes, chunk: int = 65_536) -> Output:
    screen = Screen(120, 40)
    for start in range(0, len(data), chunk):
        screen.feed(data[start : start + chunk])
    return screen.output()


@pytest.mark.parametrize("end", [b"\r\n", b"", b"\r\n\r\n\r\n"], ids=["newline", "no newline", "blank lines"])
@pytest.mark.parametrize("width", [0, 60, 400])
@pytest.mark.parametrize(
    "count",
    [
        2 * KEPT_LINES,
        2 * KEPT_LINES + 1,
        10_000,
        EMULATED_ROWS + 499,
        EMULATED_ROWS + 501,
        EMULATED_ROWS + 9_000,
        60_000,
    ],
)
def test_the_first_and_last_lines_and_the_right_count_between(count: int, width: int, end: bytes) -> None:
    output = shown(numbered(count, width, end))
    numbers = [int(line.lstrip("-") or "0") for line in output.lines]
    assert numbers[:KEPT_LINES] == list(range(KEPT_LINES))
    assert numbers[KEPT_LINES:] == list(range(count - KEPT_LINES, count))
    assert output.omitted == count - 2 * KEPT_LINES
    assert output.omitted_after == (KEPT_LINES if output.omitted else 0)


@pytest.mark.parametrize("count", [3_999, EMULATED_ROWS - 17, EMULATED_ROWS + 3_000, 150_000])
def test_a_long_output_does_not_depend_on_how_it_was_cut(count: int) -> None:
    data = numbered(count)
    first, *others = [shown(data, chunk) for chunk in CHUNKS]
    assert others == [first] * len(others)


def test_blank_lines_count_when_a_line_follows() -> None:
    blank = b"\r\n" * 5_000
    output = shown(b"a" + blank + b"b" + blank)
    assert (output.lines[0], output.lines[-1]) == ("a", "b")
    assert len(output.lines) + output.omitted == 5_001


@pytest.mark.parametrize(("count", "width"), [(25_000, 300), (40_000, 1_000)])
def test_lines_so_long_that_fewer_of_them_are_kept(count: int, width: int) -> None:
    """At the end there is room for a megabyte."""
    output = shown(numbered(count, width))
    numbers = [int(line.lstrip("-") or "0") for line in output.lines]
    tail = numbers[output.omitted_after :]
    assert numbers[: output.omitted_after] == list(range(KEPT_LINES))
    assert tail == list(range(count - len(tail), count))
    assert len(tail) >= min(KEPT_LINES, 1_000_000 // width)
    assert len(output.lines) + output.omitted == count


def test_a_long_line_of_json_is_whole() -> None:
    line = f"[{','.join(map(str, range(1, 6001)))}]"
    assert shown(line.encode() + b"\r\n").lines == (line,)


@pytest.mark.parametrize("before", [1, 100, EMULATED_ROWS - 50, EMULATED_ROWS + 3_000])
def test_a_line_of_a_million_characters_is_whole(before: int) -> None:
    line = ("0123456789" * (LONGEST_LINE // 10)).encode()
    output = shown(numbered(before) + line + b"\r\nafter\r\n")
    assert output.lines[-2:] == (line.decode(), "after")
    assert len(output.lines) + output.omitted == before + 2


def test_of_a_longer_line_the_beginning_is_kept() -> None:
    output = shown(b"before\r\n" + b"x" * (LONGEST_LINE + 1) + b"\r\nafter\r\n")
    assert output == Output(("before", "x" * LONGEST_LINE + "…", "after"))


def test_a_line_of_ten_megabytes_loses_no_line_after_it() -> None:
    output = shown(b"before\r\n" + b"x" * 10 * 1024 * 1024 + b"\r\nafter\r\n")
    assert output.lines[:2] == ("before", "x" * LONGEST_LINE + "…")
    assert output.lines[-1] == "after"


def test_a_progress_bar_of_ten_megabytes_is_one_line() -> None:
    frames = b"".join(b"\r\x1b[2K[%-50s] %d%%" % (b"=" * (n // 2), n) for n in range(101))
    data = frames * (10 * 1024 * 1024 // len(frames)) + b"\r\ndone\r\n"
    assert shown(data).lines == (f"[{'=' * 50}] 100%", "done")


def test_a_redraw_of_many_lines_stays_exact() -> None:
    """docker build draws all its lines again ten times a second."""
    frame = b"".join(b"\x1b[2K => step %d\r\n" % n for n in range(40))
    assert shown((frame + b"\x1b[40A") * 3_000 + frame).lines == tuple(f" => step {n}" for n in range(40))


HOSTILE = {
    "64 MiB of yes": "b'y\\r\\n' * 20_000, 64",
    "64 MiB in one line": "b'x' * 65_536, 64",
    "30 MiB in one line": "b'y' * 65_536, 30",
    "questions": "b'\\x1b[6n' * 10_000, 2",
    "questions after many lines": "b'y\\r\\n' * 20_000 + b'\\x1b[6n' * 1_000, 16",
    "moves beyond the top": "b'y\\r\\n' * 100 + b'\\x1b[400A', 8",
    "regions": "b'a\\x1b[1;30r\\x1b[30H\\n\\n', 2",
    "newlines": "b'\\n' * 65_536, 8",
    "repetitions": "b'a\\x1b[65535b' * 100, 1",
    "scrolling": "b'a\\x1b[65535S' * 100, 1",
    "line deletions": "b'a\\x1b[65535M' * 100, 1",
}
MEASURE = """
import resource, time
from livedeck.capture.terminal import Screen
def feed(chunk, mebibytes):
    screen = Screen(120, 40)
    screen.feed(b"warm")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(max(mebibytes * 1024 * 1024 // 65_536, 10) if mebibytes > 1 else 10):
        screen.feed(chunk)
        screen.cursor_line
    screen.output()
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, time.process_time())
feed({})
"""


@pytest.mark.parametrize("name", HOSTILE)
def test_memory_and_time_are_bounded(name: str) -> None:
    command = [sys.executable, "-c", MEASURE.format(HOSTILE[name])]
    done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=120)
    grown, seconds = done.stdout.split()
    assert int(grown) < 300, "MB"
    assert float(seconds) < 20, "of the processor's time"
