"""A shell that a command opens is as good as the one outside: exit codes, changing prompts, commands of many lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.capture.typist import Typist

TWO_LINES = r"PS1='\[\e[1;32m\]\u@web\[\e[0m\]:\w\n\$ '"

OPENERS = {
    "bash in a container": "docker exec -it web bash",
    "dash in a container": "docker exec -it web sh",
    "a new container": "docker run --rm -it nginx bash",
    "sudo": "sudo -i",
    "su": "sudo su - ubuntu",
    "bash": "bash --norc",
    "an old bash": "BASH_VERSION=3.2 bash --norc",
    "dash": "dash",
    "ash": "busybox sh",
}
RARE = {"a new container", "su", "an old bash", "bash"}
"""Much like others: there is time for them in `make soak`."""


@pytest.fixture(scope="module")
def container(host: object) -> Iterator[None]:
    typist = Typist(host)  # type: ignore[arg-type]
    typist.lines("docker pull --quiet nginx", "docker run --detach --name web nginx")
    yield
    typist.lines("docker rm --force web")
    typist.session.close()


@pytest.mark.usefixtures("container")
@pytest.mark.parametrize(
    "opener",
    [pytest.param(opener, id=name, marks=[pytest.mark.soak] * (name in RARE)) for name, opener in OPENERS.items()],
)
def test_a_shell_inside(typist: Typist, opener: str) -> None:
    (opened,) = typist.fence(opener, shell=True)
    assert opened.exit is None, "nobody knows it yet"
    assert opened.prompt == "ubuntu@ip-10-0-1-14:~$ "
    failed, told = typist.fence("ls /nosuch", "echo $?")
    assert failed.exit != 0
    assert failed.output[-1].startswith("ls: ")
    assert told.output == (str(failed.exit),)
    assert not failed.program, "it is a shell, to which bash's grammar applies"
    assert typist.lines("for n in 1 2; do\n  echo $n\ndone") == ["1", "2"]
    assert typist.lines("cat <<'EOF'\nit's $HOME \\n %d 한글\n\n  indented\nEOF") == [
        "it's $HOME \\n %d 한글",
        "",
        "  indented",
    ]
    assert typist.capture("if").exit != 0
    assert typist.lines("echo alive", "x=1; f() { return 4; }", "f", exit=4) == []
    assert typist.lines("echo $? $x") == ["4 1"]
    assert typist.lines(f"echo {'x' * 5000}") == ["x" * 5000]
    assert typist.capture("cd /usr/lib").prompt != ""
    assert typist.lines("pwd; stty size") == ["/usr/lib", "40 120"]
    (asked,) = typist.fence("read a; echo got $a", input="yes")
    assert asked.output == ("yes", "got yes")
    (left,) = typist.fence("exit 5")
    assert left.exit == 5, "that of the command that had opened it"
    assert typist.lines("echo $?; pwd; stty size") == ["5", "/home/ubuntu", "40 120"]


@pytest.mark.usefixtures("container")
@pytest.mark.parametrize("opener", ["docker exec -it web bash", "sudo -i", "bash --norc", "dash"])
def test_prompts_follow_what_happens(typist: Typist, opener: str) -> None:
    typist.fence(opener, shell=True)
    first = typist.capture("cd /usr/lib").prompt
    assert first.endswith(("# ", "$ "))
    second = typist.capture("PS1='new> '").prompt
    assert opener == "dash" or "/usr/lib" in second or opener == "bash --norc"
    assert typist.capture("true").prompt == "new> "
    if opener != "dash":
        typist.lines(TWO_LINES)
        assert typist.capture("false").prompt.endswith(
            "@web:/usr/lib\n$ " if "bash --" in opener else "@web:/usr/lib\n# "
        )
    typist.fence("exit", exits=None)
    assert typist.capture("true").prompt == "ubuntu@ip-10-0-1-14:~$ "


@pytest.mark.usefixtures("container")
def test_the_container_is_not_changed_by_being_watched(typist: Typist) -> None:
    plain = typist.lines("docker exec web env | sort")
    typist.fence("docker exec -it web bash", shell=True)
    inside = typist.lines("/usr/bin/env | sort")
    typist.fence("exit")
    added = {line.split("=")[0] for line in inside} - {line.split("=")[0] for line in plain}
    assert added <= {"TERM", "PWD", "SHLVL", "_", "OLDPWD"}


@pytest.mark.parametrize(("opener", "name"), [("dash", "dash: N"), ("busybox sh", "sh")])
def test_what_a_shell_says_about_errors(typist: Typist, opener: str, name: str) -> None:
    typist.fence(opener, shell=True)
    (unknown,) = typist.fence("nosuch")
    assert [re.sub(r": \d+:", ": N:", line) for line in unknown.output] == [f"{name}: nosuch: not found"]
    (denied,) = typist.fence("cd /nosuch")
    assert [re.sub(r": \d+:", ": N:", line).split(" to ")[0] for line in denied.output] == [f"{name}: cd: can't cd"]
    assert typist.lines("set -- one two", "echo $1 $#") == ["one 2"]
    assert typist.lines("alias") == [], "what Livedeck needs for a command is gone when it runs"
    assert typist.lines("# a comment", "for n in 1\ndo cat <<E\n$n `echo two`\n\nE\ndone") == ["1 two"]
    typist.fence("exit")


def test_a_prompt_in_the_environment(typist: Typist) -> None:
    typist.fence("PS1='in $? $ ' dash", shell=True)
    typist.fence("busybox sh", shell=True)
    typist.fence("bash --norc", shell=True)
    typed = typist.fence("cd /nosuch", "exit 3", "exit 4", "exit 5")
    assert [capture.prompt for capture in typed] == ["in 0 $ ", "in 1 $ ", "in 3 $ ", "in 4 $ "]
    assert [capture.exit for capture in typed] == [1, 3, 4, 5]


@pytest.mark.parametrize("opener", ["bash -c 'exec bash --rcfile <(echo set -u) -i'", "ENV=~/strict dash"])
def test_shells_in_which_unknown_variables_are_errors(typist: Typist, opener: str) -> None:
    typist.lines("echo set -u > ~/strict")
    typist.fence(opener, shell=True)
    assert typist.capture("echo $nosuch").exit != 0
    assert typist.lines("echo alive") == ["alive"]
    typist.fence("exit", exits=None)


def test_shells_in_shells(typist: Typist) -> None:
    for opener in ("bash --norc", "dash", "sudo -i", "busybox sh"):
        typist.fence(opener, shell=True)
    assert typist.lines("echo deep; id -un") == ["deep", "root"]
    codes = [typist.fence(f"exit {code}")[0].exit for code in (1, 2, 3, 4)]
    assert codes == [1, 2, 3, 4]
    assert typist.lines("echo $?") == ["4"]


def test_what_ends_several_shells_at_once(typist: Typist) -> None:
    typist.fence("bash --norc", shell=True)
    typist.fence("dash", shell=True)
    (killed,) = typist.fence("kill -9 $PPID $$")
    assert killed.exit == 137
    assert typist.capture("echo outside").prompt == "ubuntu@ip-10-0-1-14:~$ "


def test_a_fence_may_open_use_and_leave_a_shell(typist: Typist) -> None:
    opened, used, left = typist.fence("bash --norc", "echo $((6 * 7))", "exit", shell=True)
    assert (opened.exit, used.exit, left.exit) == (None, 0, 0)
    assert (used.output, left.output) == (("42",), ("exit",))


def test_what_opens_no_shell_is_an_error(typist: Typist) -> None:
    ended = typist.refuses("true", shell=True)
    assert ended.message == "`true` ended (exit 0) and left no shell open"
    assert "fence of their own" in str(ended.hint)
    failed = typist.refuses("docker exec -it nosuch bash", shell=True)
    assert failed.message == "`docker exec -it nosuch bash` ended (exit 1) and left no shell open"
    assert "No such container" in failed.detail[-1]
    assert typist.lines("echo the session goes on") == ["the session goes on"]
    stranger = typist.refuses("sh -c 'while printf \"db# \"; do read -r l || exit; done'", shell=True, timeout=4)
    assert "does not answer as a shell does; it waits at 'db#'" in stranger.message
    assert 'prompt="db#"' in str(stranger.hint)


def test_a_shell_that_cannot_be_made_to_mark(typist: Typist) -> None:
    typist.lines("echo 'readonly PROMPT_COMMAND=true' > ~/readonly")
    error = typist.refuses("bash --rcfile ~/readonly", shell=True, timeout=5)
    assert error.message == "`bash --rcfile ~/readonly` opened a shell that cannot be made to mark its commands"


def test_a_shell_that_nobody_announced(typist: Typist) -> None:
    error = typist.refuses("PS1='in# ' bash --norc", timeout=2)
    assert error.message.endswith("did not end within 2 seconds, and shows 'in#' now")
    assert "say that: shell" in str(error.hint)


def test_what_a_shell_shows_after_it_seemed_to_wait(typist: Typist) -> None:
    typist.lines("echo \"echo one; printf 'Loading ...'; sleep 3; echo done; PS1='in$ '\" > ~/slow")
    (opened,) = typist.fence("bash --rcfile ~/slow", shell=True)
    assert opened.output == ("one", "Loading ...done")
    assert typist.capture("true").prompt == "in$ "
    typist.fence("exit")


def test_a_question_before_the_shell_is_no_prompt(typist: Typist) -> None:
    opened, *_ = typist.fence("read -p 'Password: ' p; [ $p = yes ] && bash --norc", shell=True, input="yes")
    assert opened.output == ("Password: yes",)
    assert typist.lines("echo inside") == ["inside"]
    typist.fence("exit")
    waits = typist.refuses("read -p 'Password: ' p; bash --norc", shell=True, timeout=2)
    assert "did not end within 2 seconds" in waits.message


def test_a_person_gets_every_shell_back(typist: Typist) -> None:
    typist.fence("bash --norc", shell=True)
    typist.fence("dash", shell=True)
    typist.lines("answer=42")
    terminal = typist.session.hand_over(80, 24)

    def shown(*texts: bytes) -> bytes:
        seen = b""
        while not re.search(b".*".join(map(re.escape, texts)), seen, re.DOTALL):
            data = terminal.receive(20)
            assert data, seen
            seen += data
        return seen

    terminal.send(b"stty size; echo answer=$answer; exit\n")
    assert b"24 80\r\n" in shown(b"answer=42\r\n", b"bash", b"$ ")
    terminal.send(b'echo in""ner; exit\n')
    assert b"133;" not in shown(b"inner\r\n", b"ip-10-0-1-14", b"$ ")
    terminal.send(b'echo out""er; exit 4\n')
    shown(b"outer\r\n")
    while terminal.receive(20):
        pass
    assert terminal.exit_code() == 4
