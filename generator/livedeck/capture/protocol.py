"""The lines typed into a bash so that it marks where its commands begin and end."""

from __future__ import annotations

_LONGEST_CHUNK = 3_000

# The prompts are empty while commands are typed, and the deck's own while one runs: a virtual environment prepends to
# PS1. 255 is bash's own descriptor of its terminal: unlike one opened here, the deck's programs do not inherit it.
# `set -e` holds while a command runs. `! true` ends no shell, but an `eval` that returns 1 would: then the exit code
# travels in a variable.
_SETUP = r"""stty -echo
[ -r /etc/bash.bashrc ] && . /etc/bash.bashrc
[ -r ~/.bashrc ] && . ~/.bashrc
export LANG=C.UTF-8 LC_ALL=C.UTF-8 TZ=UTC PAGER=cat GIT_PAGER=cat MANPAGER=cat SYSTEMD_PAGER=cat TERM=xterm-256color
unset COLUMNS LINES HISTFILE MAIL MAILCHECK; set +o history; history -c; set -m; cd
__livedeck_fd=255; { : >&255; } 2>/dev/null || exec {__livedeck_fd}>/dev/tty
__livedeck_status() { return "$1"; }
__livedeck_done() { local s=$? e=; case $- in *e*) e=1 ;; esac; local -; set +euvx
if [ -n "${__livedeck_person-}" ]; then return 0; fi
if [ -z "${__livedeck_held-}" ]; then
__livedeck_held=1 __livedeck_e=$e __livedeck_ps1=${PS1-} __livedeck_ps2=${PS2-}; PS1= PS2=; fi
s=${__livedeck_kept:-$s} __livedeck_kept=; __livedeck_status "$s"
builtin printf '\e]133;D;%s;NONCE\a%s\e]133;B;NONCE\a' "$s" "${__livedeck_ps1@P}" >&"$__livedeck_fd"; }
__livedeck_begin() { PS1=$__livedeck_ps1 PS2=$__livedeck_ps2 __livedeck_held=
builtin printf '\e]133;C;NONCE\a' >&"$__livedeck_fd"
if [ -n "${__livedeck_e-}" ]; then __livedeck_c+=$'\n{ __livedeck_kept=$?; } 2>/dev/null'; set -e; fi; return "$1"; }
readonly -f __livedeck_status __livedeck_done __livedeck_begin; readonly __livedeck_fd
readonly PROMPT_COMMAND='{ __livedeck_done; set +e; } 2>/dev/null'
"""


def setup(nonce: str) -> bytes:
    """Return the lines that prepare a fresh interactive bash, whose marks carry `nonce`."""
    return _SETUP.replace("NONCE", nonce).encode()


def typed_lines(command: str, status: int, *, echo: bool | None = None) -> list[bytes]:
    """Return the lines that make bash run `command` with the `$?` of the last one; `echo` switches the terminal's echo.

    `&&` keeps a `$?` other than 0 from ending the shell (`set -e`) and from running an ERR trap.
    """
    data = command.replace("\r\n", "\n").encode()
    size = _LONGEST_CHUNK // 4
    chunks = [_quoted(data[i : i + size]) for i in range(0, len(data), size)] or [b"''"]
    lines = [b"__livedeck_c" + (b"+=" if n else b"=") + chunk + b"\n" for n, chunk in enumerate(chunks)]
    run = b'} 2>/dev/null; \\builtin eval -- "$__livedeck_c"\n'
    switch = [] if echo is None else [b"command stty %s\n" % (b"echo" if echo else b"-echo")]
    return [b"{\n", *lines, *switch, b"__livedeck_begin %d && :\n" % status, run]


def _quoted(data: bytes) -> bytes:
    """Quote `data` as a $'...' string of printable ASCII, at most four times as long."""
    return b"$'" + b"".join(bytes([b]) if 32 <= b < 127 and b not in b"'\\!" else b"\\x%02x" % b for b in data) + b"'"  # noqa: PLR2004 (ASCII)
