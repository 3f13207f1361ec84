"""The commands that remove, stop or overwrite something, in one table."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

MAY = "may run anything"
# Patterns match the arguments without their quotes, each followed by a blank; blanks inside an argument become \0.
# Options before a subcommand, with or without a value: both `docker -D rm x` and `docker -H tcp://a rm x` match.
OPTIONS = r"(?:-\S+ (?:[^-\s]\S* )?)*"
# At least one operand.
SOME = r"(?:-\S+ )*(?:-- \S|[^-\s])"
NO_HELP = r"(?!(?:\S+ ){0,2}--(?:help|version) )"
IN_PLACE = r"(?=(?:.* )?(?:-[nErpsz]*i|--in-place))"
SIGNAL = r"(?>-[sn] \S+ |--signal \S+ |-\S+ )?+"
OBJECT = "(config|container|context|network|node|plugin|pod|secret|service|stack|volume)"
COMPOSE = rf"{OPTIONS}(?:down|rm|kill|stop|restart) "
# A folder of the machine that a container may write to.
MOUNT = (
    r"(?:-v[ =]?|--volume[ =]|--mount[ =]\S*(?:source|src)=)"
    r"(?!(?:/tmp|/var/tmp)/(?!\S*\.\.))/(?!\S*(?::ro|readonly\S*) )"
)


def _given(letters: str, *names: str) -> str:
    """Match arguments that have an option: one of these letters, alone or among others, or one of these words."""
    options = "|".join((rf"-\w*[{letters}]", *names))
    return rf"(?=(?:.* )?(?:{options}))"


# The operands that a command writes to: it is only listed if one of them is outside the deck's own folders.
ALL, LAST, BUT_FIRST = slice(None), slice(-1, None), slice(1, None)
# For names of commands: a pattern of the arguments, what the command then does, and the operands that it writes to if
# only these make it dangerous. The first row that fits counts.
TABLE: Mapping[str, Sequence[tuple[str, str] | tuple[str, str, slice]]] = {
    "docker podman nerdctl": (
        (rf"{OPTIONS}(?:container )?rm {SOME}", "removes Docker containers"),
        (rf"{OPTIONS}(?:rmi|image (?:rm|remove)) {SOME}", "removes Docker images"),
        (rf"{OPTIONS}(?:builder|buildx) (?:rm|prune) ", "removes Docker builders or their cache"),
        (rf"{OPTIONS}{OBJECT} (?:rm|remove|down) {SOME}", r"removes Docker \1s"),
        (rf"{OPTIONS}(container|image|network|volume) prune ", r"removes unused Docker \1s"),
        (rf"{OPTIONS}system prune ", "removes whatever Docker does not use"),
        (rf"{OPTIONS}system reset ", "removes all containers, images, networks and volumes"),
        (rf"{OPTIONS}(?:container )?(?:kill|stop|restart) {SOME}", "stops Docker containers"),
        (rf"{OPTIONS}swarm leave ", "takes this machine out of its swarm"),
        (rf"{OPTIONS}plugin disable ", "disables Docker plugins"),
        (rf"{OPTIONS}compose {COMPOSE}", "stops or removes containers of a Compose project"),
        (
            rf"{OPTIONS}(?:container )?(?:run|create) (?:.* )?{MOUNT}",
            "lets a container write to folders of the machine",
        ),
    ),
    "docker-compose podman-compose": ((COMPOSE, "stops or removes containers of a Compose project"),),
    "rm": ((_given("rR", "--recursive") + SOME, "removes files and folders"),),
    "rm unlink srm": ((SOME, "removes files"),),
    "rmdir": ((SOME, "removes empty folders"),),
    "find": ((r"(?:.* )?-delete ", "removes what it finds"),),
    "rsync": ((r"(?:.* )?--(?:del|remove-source-files)", "removes what the source does not have"),),
    "shred": ((SOME, "overwrites files beyond recovery"),),
    "truncate": ((SOME, "truncates files"),),
    "dd": ((r"(?:.* )?of=(?!/dev/null )", "overwrites files or disks"),),
    "mv": (("", "moves or overwrites files", ALL),),
    "cp install": (("", "overwrites files", LAST),),
    "cp install ln": ((_given("t"), "overwrites files", ALL),),
    "ln": ((_given("f", "--force"), "replaces files", LAST),),
    "tee": ((r"(?!(?:.* )?(?:-\w*a|--append))", "overwrites files", ALL),),
    "sed perl": (
        (IN_PLACE + _given("ef", "--expression", "--file"), "changes files", ALL),
        (IN_PLACE, "changes files", BUT_FIRST),
    ),
    "chmod": ((_given("R", "--recursive"), "changes the permissions of everything below"),),
    "chown chgrp": ((_given("R", "--recursive"), "changes the owner of everything below"),),
    "mkfs mke2fs": (("", "makes a new file system"),),
    "mkswap blkdiscard sgdisk sfdisk": ((SOME, "overwrites disks"),),
    "fdisk parted cfdisk": ((rf"(?!(?:.* )?(?:-\w*l|--list)){SOME}", "changes partitions"),),
    "wipefs": ((_given("ao", "--all"), "removes file system signatures"),),
    "lvremove vgremove pvremove": ((SOME, "removes volumes of disks"),),
    "umount swapoff": ((SOME, "detaches file systems"),),
    # Not the shell's own jobs (%1, $!); -0 and -l end nothing.
    "kill": ((rf"(?!-[lL0] |--list ){SIGNAL}(?:.* )?(?!%|\$!|\$\{{!\}}|-- )\S", "ends processes"),),
    "pkill killall skill": ((SOME, "ends processes"),),
    "fuser": ((_given("k", "--kill"), "ends the processes that use a file"),),
    "systemctl": (
        (rf"{OPTIONS}(?:stop|restart|kill|isolate) ", "stops services"),
        (rf"{OPTIONS}(?:disable|mask) ", "disables services"),
        (rf"{OPTIONS}(?:reboot|poweroff|halt|kexec|suspend|hibernate|rescue|emergency) ", "stops the machine"),
    ),
    "service": ((r"\S+ (?:stop|restart) ", "stops services"),),
    "init telinit": ((rf"{OPTIONS}[016] ", "stops the machine"),),
    "reboot shutdown halt poweroff": (("", "stops the machine"),),
    "apt apt-get aptitude yum dnf zypper apk snap brew pip pip3": (
        (rf"{OPTIONS}(?:remove|purge|autoremove|autopurge|erase|uninstall|del|rm) ", "removes packages"),
    ),
    "dpkg": ((_given("rP", "--remove", "--purge"), "removes packages"),),
    "rpm": ((_given("e", "--erase"), "removes packages"),),
    "userdel deluser groupdel delgroup": ((SOME, "removes accounts"),),
    "crontab": ((_given("r"), "removes scheduled commands"),),
    "iptables ip6tables": ((_given("FXD", "--flush", "--delete"), "removes firewall rules"),),
    "nft ufw": ((rf"{OPTIONS}(?:flush|delete|destroy|reset|disable) ", "removes firewall rules"),),
    "git": (
        (rf"{OPTIONS}clean {_given('f', '--force')}", "removes files that git does not know"),
        (rf"{OPTIONS}rm (?!(?:.* )?--cached )", "removes files"),
        (rf"{OPTIONS}reset (?:.* )?--hard ", "discards uncommitted changes"),
        (rf"{OPTIONS}checkout (?:.* )?(?:-\w*f\w*|--force|--|\.) ", "discards uncommitted changes"),
        (
            rf"{OPTIONS}restore (?:(?!(?:.* )?(?:--staged|-\w*S\w*) )|(?:.* )?--worktree )",
            "discards uncommitted changes",
        ),
        (rf"{OPTIONS}stash (?:drop|clear) ", "discards stashed changes"),
        (rf"{OPTIONS}branch {_given('dD', '--delete')}", "removes branches"),
        (rf"{OPTIONS}push {_given('fd', '--force', '--delete', '--mirror')}", "rewrites or removes remote branches"),
    ),
    "kubectl": ((rf"{OPTIONS}(?:delete|drain) ", "removes from the cluster"),),
    "helm": ((rf"{OPTIONS}(?:uninstall|un|delete|del) ", "removes from the cluster"),),
    "kind minikube k3d": ((rf"{OPTIONS}(?:cluster )?delete ", "removes clusters"),),
    "terraform": ((rf"{OPTIONS}destroy ", "destroys what Terraform made"),),
    "sh bash dash zsh ksh ash mksh fish su runuser eval . source": (("", MAY),),
    "sudo doas": ((rf"{OPTIONS}(?:-\w*[si]|--shell|--login) $", MAY),),
    "trap": ((r"(?!- |\0 |-[lp])\S+ \S", MAY),),
    "alias": ((r"\S*=", MAY),),
    "watch parallel": ((r".*\0", MAY),),
}
RULES = {
    name: [(re.compile(NO_HELP + row[0]), *row[1:]) for names in TABLE if name in names.split() for row in TABLE[names]]
    for name in " ".join(TABLE).split()
}
# Commands that run a command among their arguments.
PREFIXES = re.compile(
    r"sudo|doas|env|xargs|parallel|timeout|nice|ionice|stdbuf|flock|chroot|nsenter|strace|watch|time|exec|setpriv|nohup"
    r"|setsid|command|builtin|busybox|unshare|coproc"
)
ASSIGNMENT = re.compile(r"\w+\+?=")
# A name that is only known when the command runs.
DYNAMIC = re.compile(r"[$`]|\{\{|[<>]\(")
QUOTING = re.compile(r"""['"]|\\(.)""", re.DOTALL)
# Relative paths, the home folder, folders for temporary files, and devices that are made to be written to.
OWN = re.compile(
    r"(?!.*/\.\.(?:/|$))(?:(?:~|/tmp|/var/tmp|\$(?:HOME|PWD|TMPDIR)|\$\{(?:HOME|PWD|TMPDIR)\})(?:/|$)"
    r"|/dev/(?:null|zero|full|tty|std(?:in|out|err)|fd/\d+)$)|(?![/~$`]|\{\{|[<>]\()"
)


def effects(words: Sequence[str]) -> Iterator[str]:
    """Yield what a simple command, and each command that it is given to run, would destroy.

    Args:
        words: the words of the command, with their quotes.
    """
    plain = [QUOTING.sub(r"\1", word) for word in words]
    starts = [0] if words else []
    for start in starts:  # grows while it is read: a prefix such as sudo adds the place of the command that it runs
        name, arguments = _name(plain[start]), plain[start + 1 :]
        if DYNAMIC.search(plain[start]) or name.endswith(".sh"):
            yield MAY
            continue
        operands = [word for word in arguments if not word.startswith("-")]
        text = "".join(("\0".join(word.split()) or "\0") + " " for word in arguments)
        for pattern, phrase, *places in RULES.get(name, ()):
            if (found := pattern.match(text)) and (not places or any(map(is_foreign, operands[places[0]]))):
                yield found.expand(phrase)
                break
        else:
            starts += [at for at in _inner(name, plain, start + 1) if at not in starts]
            if name in ("xargs", "parallel"):
                plain.append("...")  # for the arguments that it reads


def is_foreign(path: str) -> bool:
    """Return whether a path may be outside the folders of the deck."""
    return not OWN.match(QUOTING.sub(r"\1", path))


def _name(word: str) -> str:
    return re.sub(r"^mkfs\..*", "mkfs", posixpath.basename(word))


def _inner(name: str, words: Sequence[str], start: int) -> Iterator[int]:
    """Yield the places in `words` at which a command given to `sudo`, `find -exec` and their like begins."""
    places = range(start, len(words))
    if name == "find":
        yield from (at for at in places if words[at - 1] in ("-exec", "-execdir", "-ok", "-okdir"))
    if not PREFIXES.fullmatch(name) or (name == "command" and words[start : start + 1] in (["-v"], ["-V"])):
        return
    # The options that take a value are not listed for prefixes: the command is assumed to begin at the first word that
    # names one of the table, or at the first operand if that is dynamic.
    operand = next((at for at in places if not words[at].startswith("-") and not ASSIGNMENT.match(words[at])), None)
    if operand and DYNAMIC.search(words[operand]):
        yield operand
    elif known := next(
        (at for at in places if _name(words[at]) in RULES or PREFIXES.fullmatch(_name(words[at]))), None
    ):
        yield known
