"""A screen of the height that programs are told: what leaves its top, and what is drawn beyond it."""

from __future__ import annotations

import pytest
from livedeck.capture.terminal import Screen

ROWS = 40


def shown(data: bytes, rows: int = ROWS, chunk: int = 4096) -> list[str]:
    """Return the lines, which must be the same if the bytes come one by one."""
    screen, slow = Screen(120, rows), Screen(120, rows)
    for start in range(0, len(data), chunk):
        screen.feed(data[start : start + chunk])
    for position in range(len(data)):
        slow.feed(data[position : position + 1])
    assert slow.output() == screen.output()
    return list(screen.output().lines)


def lines(count: int, start: int = 0) -> bytes:
    return b"".join(b"line %d\r\n" % n for n in range(start, start + count))


def pull(layers: int) -> bytes:
    """Return what `docker pull` prints: each message goes up to the line of its layer and down again."""
    text = [b"latest: Pulling from library/many\r\n"]
    text += [b"\r\n\x1b[1A\x1b[2K\r%012x: Pulling fs layer \r\x1b[1B" % layer for layer in range(layers)]
    for status in (b"Downloading [=>   ]  1.2MB/9MB", b"Download complete ", b"Extracting [==> ]  8MB/9MB"):
        for layer in range(layers):
            up = layers - layer
            text.append(b"\x1b[%dA\x1b[2K\r%012x: %s\r\x1b[%dB" % (up, layer, status, up))
    for layer in reversed(range(layers)):
        up = layers - layer
        text.append(b"\x1b[%dA\x1b[2K\r%012x: Pull complete \r\x1b[%dB" % (up, layer, up))
    return b"".join(text) + b"Digest: sha256:34d3ce0f\r\nStatus: Downloaded newer image for many:latest\r\n"


def pulled(layers: int) -> list[str]:
    return [
        "latest: Pulling from library/many",
        *(f"{layer:012x}: Pull complete" for layer in range(layers)),
        "Digest: sha256:34d3ce0f",
        "Status: Downloaded newer image for many:latest",
    ]


def build(steps: int) -> bytes:
    """Return what `docker build` prints: all its lines again and again."""
    text = [b"\x1b[?25l\x1b[1A\x1b[1B\x1b[0G\x1b[?25l"]
    for frame in range(1, steps + 1):
        text.append(b"[+] Building 0.%ds (%d/%d)\x1b[K\r\n" % (frame, frame, steps))
        text += [b"\x1b[34m => step %d\x1b[0m      0.%ds\x1b[K\r\n" % (step, frame) for step in range(frame)]
        text.append(b"\x1b[?25h")
        if frame < steps:
            text.append(b"\x1b[1A" * (frame + 1) + b"\x1b[0G\x1b[?25l")
    return b"".join(text)


def built(steps: int) -> list[str]:
    return [f"[+] Building 0.{steps}s ({steps}/{steps})", *(f" => step {n}      0.{steps}s" for n in range(steps))]


@pytest.mark.parametrize("layers", [1, 20, 37, 38, 39, 40, 60, 300, 460, 499])
def test_docker_pull_ends_as_one_line_a_layer(layers: int) -> None:
    assert shown(pull(layers)) == pulled(layers)


@pytest.mark.parametrize("rows", [5, 10, 24])
def test_docker_pull_on_a_low_screen(rows: int) -> None:
    assert shown(pull(30), rows) == pulled(30)


@pytest.mark.parametrize("before", [1, 30, 39, 600])
def test_docker_pull_after_other_lines(before: int) -> None:
    assert shown(lines(before) + pull(60)) == [*(f"line {n}" for n in range(before)), *pulled(60)]


def test_one_pull_after_the_other() -> None:
    assert shown(pull(60) + pull(45) + lines(50) + pull(80)) == [
        *pulled(60),
        *pulled(45),
        *(f"line {n}" for n in range(50)),
        *pulled(80),
    ]


@pytest.mark.parametrize("steps", [3, 38, 39, 40, 70])
def test_docker_build_ends_as_its_last_frame(steps: int) -> None:
    assert shown(build(steps)) == built(steps)


def test_lines_that_wrap_above_the_top() -> None:
    long = "x" * 200
    data = b"".join(b"%d %s\r\n" % (n, long.encode()) for n in range(60))
    assert shown(data + b"\x1b[120Afirst\x1b[120B\r") == [f"first{long[3:]}", *(f"{n} {long}" for n in range(1, 60))]


@pytest.mark.parametrize(
    "up", [b"\x1b[45A", b"\x1b[45F", b"\x1bM" * 45, b"\x1b[A" * 45, b"\xc2\x9b45A", b"\xc2\x8d" * 45]
)
def test_each_move_up_reaches_lines_above_the_screen(up: bytes) -> None:
    expected = [f"line {n}" for n in range(50)]
    expected[5] = "changed"
    assert shown(lines(50) + up + b"\x1b[2K\rchanged\x1b[45B\r") == expected


def test_moves_between_lines_above_the_screen() -> None:
    expected = [f"line {n}" for n in range(200)]
    expected[50], expected[170], expected[20] = "one", "two", "three"
    moves = b"\x1b[150Aone\x1b[K\r\x1b[120Btwo\x1b[K\r\x1b[150Fthree\x1b[K\x1b[180E"
    assert shown(lines(200) + moves) == expected


def test_a_move_to_the_top_edge_is_meant_as_that() -> None:
    assert shown(lines(50) + b"\x1b[999A\x1b[2K\rtop\x1b[999B\rbottom")[11:] == [
        "top",
        *(f"line {n}" for n in range(12, 50)),
        "bottom",
    ]


def test_a_move_up_where_nothing_is_above() -> None:
    assert shown(b"\x1b[30A\x1b[1Bone") == ["one"]


def test_a_program_that_scrolls_its_screen_back() -> None:
    """As `less -X` does: home, and up from there."""
    assert shown(lines(50) + b"\x1b[H\x1bMabove\x1b[40;1H\x1b[K:")[10:] == [
        "line 10",
        "above",
        *(f"line {n}" for n in range(11, 49)),
        ":",
    ]


def test_services_that_log_above_a_menu_leave_no_blank_lines() -> None:
    """As docker compose up, which keeps a menu in the last row and removes it on ^C."""
    menu = b"\x1b7\x1b[40;0H\x1b[2K  v View   o Config   w Watch\x1b8"
    clear = b"\x1b7\x1b[40;0H\x1b[2K\x1b8"
    log = b"".join(clear + b"web-1  | request %d\r\n" % n + menu for n in range(150))
    end = clear + b"\r\n\x1b[40;0HGracefully stopping...\r\n"
    requests = [f"web-1  | request {n}" for n in range(150)]
    assert shown(log + end) == [*requests, "", "Gracefully stopping..."]


def test_a_menu_in_the_last_row_after_a_long_pull() -> None:
    """Rows with numbers are rows of the real screen."""
    data = pull(60) + lines(3) + b"\x1b7\x1b[40;1H\x1b[2Kmenu\x1b8" + b"\x1b[1;1H\x1b[2Ktop" + b"\x1b[39;1H\x1b[2Kthird"
    expected = [*pulled(60), "line 0", "line 1", "third", "menu"]
    at = len(expected) - ROWS
    expected[at] = "top"
    assert shown(data) == expected


@pytest.mark.parametrize("before", [b"", lines(100), pull(60)], ids=["nothing", "lines", "pull"])
def test_a_progress_bar_below_a_scrolling_region(before: bytes) -> None:
    """As apt install draws it."""
    data = b"\r\n\x1b7\x1b[0;39r\x1b8\x1b[1A"
    for n in range(100):
        data += b"Setting up package %d ...\r\n\x1b7\x1b[40;0f\x1b[42mProgress: [%3d%%]\x1b[49m\x1b8" % (n, n)
    data += b"\r\n\x1b7\x1b[0;40r\x1b8\x1b[1A\x1b[JDone\r\n"
    assert shown(before + data) == [*shown(before), *(f"Setting up package {n} ..." for n in range(100)), "Done"]


def test_clear_drops_what_is_on_the_screen_and_what_has_left_it() -> None:
    assert shown(lines(100) + b"\x1b[H\x1b[2J\x1b[3J" + b"after\r\n") == ["after"]
    assert shown(pull(60) + b"\x1b[H\x1b[2J\x1b[3J" + b"after\r\n") == ["after"]


def test_clear_and_then_a_long_pull() -> None:
    assert shown(lines(100) + b"\x1b[H\x1b[2J\x1b[3J" + pull(60)) == pulled(60)
    assert shown(lines(10) + b"\x1b[H\x1b[2J" + pull(60)) == pulled(60)


def test_clearing_the_screen_alone_keeps_what_has_left_it() -> None:
    expected = [f"line {n}" for n in range(100 - ROWS + 1)]
    assert shown(lines(100) + b"\x1b[H\x1b[2J" + b"after\r\n") == [*expected, "after"]
    assert shown(lines(1) + pull(60) + b"\x1b[H\x1b[2J" + b"after\r\n") == [
        "line 0",
        *pulled(60)[: 63 - ROWS + 1],
        "after",
    ]


@pytest.mark.parametrize("before", [b"", lines(100), pull(60)], ids=["nothing", "lines", "pull"])
def test_a_full_screen_program_leaves_nothing_behind(before: bytes) -> None:
    draw = b"\x1b[?1049h\x1b[22;0;0t\x1b[H\x1b[2J" + b"".join(b"\x1b[%d;1Hrow %d" % (n, n) for n in range(1, 41))
    leave = b"\x1b[1;1H\x1bMpushed\x1b[30A\x1b[40;1H\x1b[?1049l"
    assert shown(before + b"start\r\n" + draw + leave + b"end\r\n") == [*shown(before), "start", "end"]


@pytest.mark.parametrize("before", [lines(5), pull(60)], ids=["lines", "pull"])
def test_a_full_screen_program_shows_while_it_runs(before: bytes) -> None:
    draw = b"\x1b[?1049h\x1b[H\x1b[2J" + b"".join(b"\x1b[%d;1Hrow %d" % (n, n) for n in range(1, 41))
    assert shown(before + draw)[-ROWS:] == [f"row {n}" for n in range(1, 41)]


def test_a_reset_of_the_terminal() -> None:
    assert shown(lines(100) + b"\x1bcafter\r\n") == [*(f"line {n}" for n in range(61)), "after"]
    assert shown(pull(60) + b"\x1bcafter\x1b[3;1Hthird\r\n") == [*pulled(60)[: 63 - ROWS + 1], "after", "", "third"]
    assert shown(b"\x1b[?1049hinside\x1bc" + pull(60)) == pulled(60)
    assert shown(pull(60) + b"\x1b[?1049hinside\x1bc" + pull(60)) == [*pulled(60)[: 63 - ROWS + 1], *pulled(60)]
