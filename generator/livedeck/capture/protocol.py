"""What is typed into shells so that they mark where their commands begin and end.

Each kind of shell has its own means. All follow one protocol: after a command the shell prints the mark of its end,
with the exit code, and reads until the line that is its nonce comes. So whatever a command has left unread of what was
typed goes there, not into the shell. Then come the marks around its prompt, and the shell reads the next lines: the
command, quoted, in lines shorter than the 4,096 bytes that a terminal accepts, and one that runs it by `eval`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LONGEST_CHUNK = 3_000
_LONGEST_UNREAD = 200

PROBE = (
    'stty -echo 2>/dev/null; [ -z "${BASH_VERSION-}" ] || set +o emacs +o vi; '
    '[ -z "${ZSH_VERSION-}" ] || unsetopt zle; '
    r"""printf '\033]133;P;NONCE;%s/%s\007' "${BASH_VERSION-}" "${ZSH_VERSION-}" """
)
"""Asks a shell which one it is, and to read plain lines from now on. Any that knows POSIX's syntax answers."""

# The host's own bash, whose surroundings are the same on every machine.
_WORLD = r"""[ -r /etc/bash.bashrc ] && . /etc/bash.bashrc
[ -r ~/.bashrc ] && . ~/.bashrc
export LANG=C.UTF-8 LC_ALL=C.UTF-8 TZ=UTC PAGER=cat GIT_PAGER=cat MANPAGER=cat SYSTEMD_PAGER=cat TERM=xterm-256color
unset COLUMNS LINES MAIL MAILCHECK; cd
"""

# The prompts are empty while commands are typed, and the deck's own while one runs: a virtual environment prepends to
# PS1. 255 is bash's own descriptor of its terminal: unlike one opened here, the deck's programs do not inherit it.
# `set -e` holds while a command runs. `! true` ends no shell, but an `eval` that returns 1 would: then the exit code
# travels in a variable. A `read` that meets ^D fails, and so does one that waits longer than TMOUT.
_BASH = r"""stty -echo
WORLDunset HISTFILE; set +o history; history -c; set -m
__livedeck_fd=255; { : >&255; } 2>/dev/null || exec {__livedeck_fd}>/dev/tty
__livedeck_status() { return "$1"; }
__livedeck_done() {
  local s=$? e= l= x= n=0 IFS=
  case $- in *e*) e=1 ;; esac
  local -
  set +euvx
  if [[ -n ${__livedeck_person-} ]]; then return 0; fi
  if [[ -z ${__livedeck_held-} ]]; then
    __livedeck_held=1 __livedeck_e=$e __livedeck_ps0=${PS0-} __livedeck_ps1=${PS1-} __livedeck_ps2=${PS2-}
    PS0= PS1= PS2=
  fi
  s=${__livedeck_kept:-$s} __livedeck_kept=
  builtin printf '\e]133;D;NONCE;%s\a' "$s" >&"$__livedeck_fd"
  while ((n < 1000)); do
    l= n=$((n + 1))
    if builtin read -rs l; then
      case $l in *NONCE) x+=${l%NONCE}; break ;; *) x+=$l^M ;; esac
    elif (($? > 128)); then
      x+=$l
    else
      x+=$l^D
    fi
  done
  if [[ -n $x ]]; then
    x=${x:0:UNREAD}
    builtin printf '\e]133;U;NONCE;%s\a' "${x//[$'\a\e']/}" >&"$__livedeck_fd"
  fi
  __livedeck_status "$s"
  builtin printf '\e]133;A;NONCE;\a%s\e]133;B;NONCE;\a' "${__livedeck_ps1@P}" >&"$__livedeck_fd"
}
__livedeck_begin() {
  PS0=$__livedeck_ps0 PS1=$__livedeck_ps1 PS2=$__livedeck_ps2 __livedeck_held=
  builtin printf '\e]133;C;NONCE;\a%s' "${PS0@P}" >&"$__livedeck_fd"
  if [[ -n ${__livedeck_e-} ]]; then __livedeck_c+=$'\n{ __livedeck_kept=$?; } 2>/dev/null'; set -e; fi
  return "$1"
}
readonly -f __livedeck_status __livedeck_done __livedeck_begin; readonly __livedeck_fd
readonly PROMPT_COMMAND='{ __livedeck_done; set +e; } 2>/dev/null'
"""

# dash and ash have no hook but the prompt itself: what it expands to prints the mark, and waits. If a deck changes its
# prompt, the marks are put around the new one in the same line that runs the command. A shell that inherits the prompt
# has no variable of that name, and shows it without them.
# Both say `sh: eval: nosuch: not found` for what `eval` runs, so there the command becomes an alias, which is read like
# a typed line. One that is not complete would go on in the next line, and is left to `eval`.
_POSIX = r"""PS2=; unset HISTFILE
__livedeck_NONCE=
__livedeck_done() {
  printf '\033]133;D;NONCE;%s\007' "$1" >/dev/tty
  x= n=0
  while [ "$n" -lt 1000 ]; do
    l= n=$((n + 1))
    if IFS= read -r l </dev/tty; then
      case $l in *NONCE) x=$x${l%NONCE}; break ;; *) x="$x$l^M" ;; esac
    else
      x="$x$l^D"
    fi
  done
  if [ -n "$x" ]; then
    set -f; IFS=$(printf '\033\007'); set -- $x; IFS=
    printf '\033]133;U;NONCE;%.UNREADs\007' "$*" >/dev/tty
  fi
}
__livedeck_around() {
  __livedeck_ps1=$PS1
  PS1=$(printf '${__livedeck_NONCE+$(__livedeck_done $?)\033]133;A;NONCE;\007}%s' "$PS1"
    printf '${__livedeck_NONCE+\033]133;B;NONCE;\007}')
}
__livedeck_adopt() { __livedeck_s=$?; case $PS1 in *NONCE*) ;; *) __livedeck_around ;; esac; return "$__livedeck_s"; }
__livedeck_ready() {
  __livedeck_held=$PS1 PS1=
  if [ -n "$__livedeck_named" ] && (eval "while false; do {
$__livedeck_c
}; done"); then
    alias "__livedeck_run={
$__livedeck_c
}"
  else
    alias __livedeck_run='eval "$__livedeck_c"'
  fi
}
__livedeck_begin() {
  PS1=$__livedeck_held
  unalias __livedeck_run
  printf '\033]133;C;NONCE;\007' >/dev/tty
  return "$1"
}
case $( (eval __livedeck_nosuch) 2>&1) in *eval:*) __livedeck_named=1 ;; *) __livedeck_named= ;; esac
__livedeck_around
"""

_ZSH = r"""unsetopt prompt_sp prompt_cr; unset HISTFILE
__livedeck_status() { return "$1"; }
__livedeck_done() {
  local s=$? l= x= n=0 IFS=
  __livedeck_ps1=$PS1 __livedeck_ps2=$PS2 PS1= PS2=
  builtin printf '\e]133;D;NONCE;%s\a' "$s" >/dev/tty
  while ((n < 1000)); do
    l= n=$((n + 1))
    if builtin read -rs l; then
      case $l in *NONCE) x+=${l%NONCE}; break ;; *) x+=$l^M ;; esac
    else
      x+=$l^D
    fi
  done
  if [[ -n $x ]]; then x=${x[1,UNREAD]}; builtin printf '\e]133;U;NONCE;%s\a' "${x//[$'\a\e']/}" >/dev/tty; fi
  __livedeck_status "$s"
  builtin printf '\e]133;A;NONCE;\a%s\e]133;B;NONCE;\a' "${(%%)__livedeck_ps1}" >/dev/tty
}
__livedeck_begin() {
  PS1=$__livedeck_ps1 PS2=$__livedeck_ps2
  builtin printf '\e]133;C;NONCE;\a' >/dev/tty
  return "$1"
}
precmd_functions+=(__livedeck_done)
"""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of shell is made to follow the protocol.

    `lines` prepare it, `run` are the lines that run a command, and `person` gives the shell back to a person. `resets`
    says that its parser has to be reset after an error in a command (bash's is confused by `x=(` inside `eval`),
    `keeps_late` that what comes between two commands is known to be no echo of its line editor.
    """

    name: str
    lines: str
    run: str
    person: str
    resets: bool = False
    keeps_late: bool = True

    def setup(self, nonce: str) -> bytes:
        """Return the lines that prepare a shell, whose marks carry `nonce`."""
        return self.lines.replace("NONCE", nonce).replace("UNREAD", str(_LONGEST_UNREAD)).encode()

    def given_back(self, status: int, columns: int, rows: int) -> bytes:
        """Return what makes the shell mark nothing any more: with a person's terminal, line editing, its own prompt."""
        return f"stty sane rows {rows} cols {columns}; {self.person.replace('STATUS', str(status))}\n".encode()

    def typed(self, command: str, status: int, *, echo: bool | None = None, rows: int | None = None) -> list[bytes]:
        """Return the lines that make the shell run `command` with the `$?` of the last one.

        `echo` switches the terminal's echo, `rows` sets its height.
        """
        data = command.replace("\r\n", "\n").encode()
        size = _LONGEST_CHUNK // 5
        chunks = [data[i : i + size] for i in range(0, len(data), size)] or [b""]
        settings = [] if echo is None else ["echo" if echo else "-echo"]
        settings += [] if rows is None else [f"rows {rows}"]
        switch = [f"command stty {' '.join(settings)}\n".encode()] if settings else []
        return [
            b"{\n",
            *self._assigned(chunks),
            *switch,
            *self.run.replace("STATUS", str(status)).encode().splitlines(keepends=True),
        ]

    def _assigned(self, chunks: list[bytes]) -> list[bytes]:
        """Return the lines that put the command together in a variable."""
        if self.name == "posix":
            # The point keeps newlines at the end of a chunk.
            first, *rest = [b"$(printf %%b '%s.')" % _escaped(chunk, b"\\0%03o") for chunk in chunks]
            more = [b"__livedeck_c=${__livedeck_c%%.}%s\n" % chunk for chunk in rest]
            return [b"__livedeck_c=%s\n" % first, *more, b"__livedeck_c=${__livedeck_c%.}\n"]
        quoted = [b"$'%s'\n" % _escaped(chunk, b"\\x%02x") for chunk in chunks]
        return [b"__livedeck_c" + (b"+=" if n else b"=") + chunk for n, chunk in enumerate(quoted)]


# `&&` keeps a `$?` other than 0 from ending the shell (`set -e`) and from running an ERR trap.
_RUN = '__livedeck_begin STATUS && :\n} 2>/dev/null; \\builtin eval -- "$__livedeck_c"\n'
_POSIX_RUN = """__livedeck_ready
} 2>/dev/null
{ __livedeck_begin STATUS && :; } 2>/dev/null; __livedeck_run; __livedeck_adopt
"""
_BASH_PERSON = "{ __livedeck_person=1; __livedeck_begin STATUS && :; } 2>/dev/null; set -o history -o emacs"
OUTER = Dialect("bash", _BASH.replace("WORLD", _WORLD), _RUN, _BASH_PERSON, resets=True)
"""The bash that a session starts."""
_INNER_BASH = Dialect("bash", _BASH.replace("stty -echo\nWORLD", ""), _RUN, _BASH_PERSON, resets=True)
_INNER_POSIX = Dialect("posix", _POSIX, _POSIX_RUN, "PS1=$__livedeck_ps1", keeps_late=False)
_INNER_ZSH = Dialect(
    "zsh",
    _ZSH,
    '__livedeck_begin STATUS && :\n} 2>/dev/null; builtin eval -- "$__livedeck_c"\n',
    "precmd_functions=(); PS1=$__livedeck_ps1 PS2=$__livedeck_ps2; setopt zle",
)


def dialect(answer: str) -> Dialect:
    """Return the dialect of the shell that gave that answer to `PROBE`: the versions of bash and of zsh, or nothing."""
    bash, _, zsh = answer.partition("/")
    version = re.match(r"(\d+)\.(\d+)", bash)
    if version and (int(version[1]), int(version[2])) >= (4, 4):
        return _INNER_BASH
    return _INNER_ZSH if zsh else _INNER_POSIX


def _escaped(data: bytes, form: bytes) -> bytes:
    """Return `data` as printable ASCII for single quotes; `form` is how the shell reads any other byte back."""
    return b"".join(bytes([b]) if 32 <= b < 127 and b not in b"'\\!" else form % b for b in data)  # noqa: PLR2004 (ASCII)
