"""What a student relies on at a prompt holds in a captured session as well."""

from __future__ import annotations

import pytest

from tests.capture.typist import Typist


@pytest.mark.parametrize(
    ("command", "code"),
    [("true", 0), ("false", 1), ("(exit 42)", 42), ("sh -c 'exit 255'", 255), ("no-such-command", 127), ("/etc", 126)],
)
def test_the_exit_code_is_the_commands(typist: Typist, command: str, code: int) -> None:
    assert typist.capture(command).exit == code
    assert typist.lines('echo "$?"') == [str(code)], "the next command sees it as $?"
    assert typist.lines('echo "$?"') == ["0"]


def test_messages_of_bash_are_those_of_a_prompt(typist: Typist) -> None:
    assert typist.lines("nosuch", exit=127) == ["bash: nosuch: command not found"]
    assert typist.lines("-la", exit=127) == ["bash: -la: command not found"]
    assert typist.lines("cd /nosuch", exit=1) == ["bash: cd: /nosuch: No such file or directory"]


def test_directory_variables_functions_and_aliases_stay(typist: Typist) -> None:
    setup = (
        "cd /var/log",
        "name=nginx; list=(one 'two words'); declare -A map=([key]=value)",
        "greet() { echo \"hello $1\"; return 3; }; alias hi='greet alias'",
        "export EXPORTED=yes",
    )
    assert typist.lines(*setup, "pwd") == ["/var/log"]
    assert typist.lines('echo "$name" "${list[1]}" "${map[key]}" "${#list[@]}"') == ["nginx two words value 2"]
    assert typist.lines("greet world", exit=3) == ["hello world"]
    assert typist.lines("hi", exit=3) == ["hello alias"]
    assert typist.lines("printenv EXPORTED") == ["yes"]


def test_each_session_is_a_new_shell(host: object, typist: Typist) -> None:
    typist.lines("left=behind; cd /tmp; alias ls=false")
    other = Typist(typist.host)
    try:
        assert other.lines("echo [$left] $PWD; type -t ls") == ["[] /home/ubuntu", "alias"]
        assert other.capture("ls /").exit == 0
    finally:
        other.session.close()


def test_background_jobs_show_their_number_and_live_on(typist: Typist) -> None:
    (started,) = typist.lines("sleep 300 &")
    assert started.startswith("[1] ")
    assert started[4:].isdigit()
    (running,) = typist.lines("jobs")
    assert running.startswith("[1]+  Running")
    assert typist.lines("kill -0 $!") == []
    # Bash says that a job has ended only if it ends while `wait` is waiting for it, or at a later prompt.
    said = [*typist.lines("kill %1; wait"), *typist.lines("jobs")]
    assert all(line.startswith("[1]+  Terminated") for line in said)
    assert typist.lines("jobs") == []


def test_late_output_of_a_background_job_is_not_lost(typist: Typist) -> None:
    typist.lines("mkfifo /tmp/go.$$; (read -r _ < /tmp/go.$$; echo late) & disown")
    assert typist.lines("echo now > /tmp/go.$$; while [ -e /proc/$! ]; do :; done; echo early") == ["late", "early"]


def test_what_comes_while_no_command_runs_is_below_the_last_one(typist: Typist) -> None:
    other = Typist(typist.host)
    *_, job = typist.lines("mkfifo /tmp/gap.$$; (read -r _ < /tmp/gap.$$; echo late; echo later) & disown; echo $!")
    go = f"pipe=$(echo /tmp/gap.*); echo go > $pipe; rm $pipe; while [ -e /proc/{job} ]; do :; done"
    try:
        assert typist.lines("(exit 3)", exit=3) == []
        assert other.lines(go) == []
        assert typist.lines("echo next") == ["next"]
        assert typist.session.late == ("late", "later")
        *_, job = typist.lines("mkfifo /tmp/gap.$$; (read -r _ < /tmp/gap.$$; echo latest) & disown; echo $!")
        assert typist.session.late == ()
        assert other.lines(go) == []
        caught: tuple[str, ...] = ()
        while not caught:
            caught = typist.session.catch_up()
        assert caught == ("latest",)
    finally:
        other.session.close()


def test_options_of_the_shell_stay_and_do_no_harm(typist: Typist) -> None:
    assert typist.lines("set -o pipefail", "false | true", exit=1) == []
    assert typist.lines("set -u", "echo $nosuch", exit=1) == ["bash: nosuch: unbound variable"]
    assert typist.lines("set -f -C; shopt -s nullglob extglob dotglob", "echo *") == ["*"]
    assert typist.lines("set -o posix", "echo posix") == ["posix"]
    typist.lines("PATH=", "ls", exit=127)
    assert typist.lines("IFS=0123456789", "x=a1b; echo $x") == ["a b"]


def test_set_e_ends_the_shell_only_where_bash_would(typist: Typist) -> None:
    typist.lines("set -e")
    assert typist.lines("! true", exit=1) == []
    assert typist.lines("false && true", exit=1) == []
    assert typist.lines('echo "still here: $?"') == ["still here: 1"]
    assert typist.lines("cat <<end\nheredoc\nend") == ["heredoc"]
    assert "ended the shell (exit 1)" in typist.fails("echo before; false; echo after").message


def test_tracing_shows_the_command_and_nothing_of_the_protocol(typist: Typist) -> None:
    typist.lines("set -x")
    lines = typist.lines("echo one")
    assert lines[-1] == "one"
    assert "++ echo one" in lines
    assert not [line for line in lines if "livedeck" in line]
    assert typist.lines("{ set +x; } 2>/dev/null", "echo two") == ["two"]


def test_traps_run_when_they_should(typist: Typist) -> None:
    typist.lines("trap 'echo caught' USR1; trap 'echo bye' EXIT; trap 'echo failed' ERR")
    assert typist.lines("kill -USR1 $$") == ["caught"]
    assert "failed" in typist.lines("false", exit=1)
    assert typist.lines("echo fine") == ["fine"], "an exit code that is carried over is no new failure"
    assert typist.fails("exit 0").detail == ("exit", "bye")


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        ("cat <<EOF\n$((6 * 7))\n  indented\nEOF", ["42", "  indented"]),
        ("cat <<'EOF'\n$HOME `x` \\n '\"\nEOF", ["$HOME `x` \\n '\""]),
        ("for i in 1 2 3; do\n  echo $i\ndone", ["1", "2", "3"]),
        ("if true\nthen\n  echo yes\nfi", ["yes"]),
        ("f() {\n  local x=$1\n  echo $x\n}\nf hello", ["hello"]),
        ("echo one \\\n  two", ["one two"]),
        ("for i in 1 2\r\ndo\r\necho $i\r\ndone", ["1", "2"]),
        ("echo '한글 명령어' \"→ ✔\"", ["한글 명령어 → ✔"]),
        ("echo wow! !! !$ 'it'\\''s' \"\\$HOME\" \\\\", ["wow! !! !$ it's $HOME \\"]),
        ("printf '%s\\n' a$'\\t'b '\t' | cat -A", ["a^Ib$", "^I$"]),
        ("docker version --format '{{.Client.Os}}' # a comment", ["linux"]),
        ("# only a comment", []),
        ("echo done;", ["done"]),
    ],
)
def test_commands_arrive_as_they_were_written(typist: Typist, command: str, lines: list[str]) -> None:
    assert typist.lines(command) == lines
    assert typist.lines("echo next") == ["next"]


def test_a_command_longer_than_a_terminal_line(typist: Typist) -> None:
    for text in ("x" * 6_000, "가" * 6_000):
        captured = typist.capture(f"echo {text}")
        assert captured.output == (text,), "soft wraps are joined"
    assert typist.lines("\n".join(f"x{n}={n}" for n in range(2_000)), "echo $x0 $x1999") == ["0 1999"]


@pytest.mark.parametrize(
    "command",
    [
        "echo \"unbalanced 'quote",
        "if",
        "( echo",
        "for",
        "}",
        "case x in",
        "echo $(",
        "true &&",
        "| cat",
        "x=(",
        "done",
        "<",
    ],
)
def test_a_syntax_error_is_an_exit_code(typist: Typist, command: str) -> None:
    captured = typist.capture(command)
    assert captured.exit in {1, 2}
    assert captured.output[0].startswith("bash: ")
    assert typist.lines("echo $?; echo alive") == [str(captured.exit), "alive"]


def test_the_world_is_pinned(typist: Typist) -> None:
    assert typist.lines("date +%Z; locale charmap 2>/dev/null || echo $LC_ALL") in (
        ["UTC", "UTF-8"],
        ["UTC", "C.UTF-8"],
    )
    assert typist.lines("echo $PAGER $GIT_PAGER $MANPAGER $SYSTEMD_PAGER $TERM") == ["cat cat cat cat xterm-256color"]
    assert typist.lines("history; echo [$HISTFILE]") == ["[]"]
    assert typist.lines("[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo terminal") == ["terminal"]
    assert typist.lines("ls -l /proc/self/fd | grep -c tty", exit=1) == ["0"], "programs inherit no descriptor of ours"


def test_the_prompt_is_the_hosts_own_and_follows_cd(typist: Typist) -> None:
    assert typist.capture("cd /tmp").prompt == "ubuntu@ip-10-0-1-14:~$ "
    assert typist.capture("cd /var/log").prompt == "ubuntu@ip-10-0-1-14:/tmp$ "
    assert typist.capture("mkdir -p '/tmp/한글 폴더' && cd '/tmp/한글 폴더'").prompt == "ubuntu@ip-10-0-1-14:/var/log$ "
    assert typist.capture("rmdir '/tmp/한글 폴더'").prompt == "ubuntu@ip-10-0-1-14:/tmp/한글 폴더$ "
    assert typist.capture("cd /").prompt == "ubuntu@ip-10-0-1-14:/tmp/한글 폴더$ "


def test_a_prompt_that_the_deck_changes_is_adopted(typist: Typist) -> None:
    typist.lines("old=$PS1", 'PS1="(venv) $PS1"')
    assert typist.capture("true").prompt == "(venv) ubuntu@ip-10-0-1-14:~$ "
    typist.lines("PS1='[$?] \\W> ' PS2='more '")
    assert typist.capture("false").prompt == "[0] ~> "
    assert typist.capture('echo "$PS1$PS2"').prompt == "[1] ~> ", "the exit code in it is the last command's"
    assert typist.lines('echo "$PS1$PS2"') == ["[$?] \\W> more"]
    typist.lines("PS1=$'two\\\\nlines \\\\[\\\\e[1m\\\\]$\\\\[\\\\e[0m\\\\] '")
    assert typist.capture("true").prompt == "two\nlines $ "
    typist.lines("PS1=")
    assert typist.capture("PS1=$old").prompt == ""
    assert typist.capture("true").prompt == "ubuntu@ip-10-0-1-14:~$ "


def test_the_shells_own_size_and_root(typist: Typist) -> None:
    assert typist.lines("stty size; tput cols; echo $COLUMNS") == ["40 120", "120", "120"]
    assert typist.lines("sudo whoami; whoami") == ["root", "ubuntu"]
    assert typist.lines("sudo stty size") == ["40 120"]
    narrow = Typist(typist.host, columns=40)
    try:
        assert narrow.lines("tput cols", "echo " + "0123456789" * 9) == ["0123456789" * 9]
    finally:
        narrow.session.close()


def test_the_terminal_can_be_handed_to_a_person(typist: Typist) -> None:
    typist.lines("cd /tmp; answer=42")
    terminal = typist.session.hand_over(80, 24)
    terminal.send(b"stty size; echo answer=$answer; exit 4\n")
    seen = b""
    while data := terminal.receive(10):
        seen += data
    assert b"24 80\r\nanswer=42\r\n" in seen
    assert b"ip-10-0-1-14" in seen, "the prompt is there again"
    assert terminal.exit_code() == 4
