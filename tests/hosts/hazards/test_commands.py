"""The commands that are listed as hazards, their words, and harmless text."""

from __future__ import annotations

import pytest

from tests.hosts.hazards.listed import MAY, found


@pytest.mark.parametrize(
    ("command", "effect"),
    [
        ("docker rmi --force $(docker images -aq)", "removes Docker images"),
        ("docker image rm a b", "removes Docker images"),
        ("docker rm -f web", "removes Docker containers"),
        ("docker container rm -fv web", "removes Docker containers"),
        ("docker -H tcp://a --log-level debug rm web", "removes Docker containers"),
        ("docker kill -s HUP web", "stops Docker containers"),
        ("docker container stop -t 5 web", "stops Docker containers"),
        ("docker volume rm data", "removes Docker volumes"),
        ("docker network rm net", "removes Docker networks"),
        ("docker image prune", "removes unused Docker images"),
        ("docker image prune -af", "removes unused Docker images"),
        ("docker container prune -f", "removes unused Docker containers"),
        ("docker volume prune --all --force", "removes unused Docker volumes"),
        ("docker builder prune", "removes Docker builders or their cache"),
        ("docker system prune -af --volumes", "removes whatever Docker does not use"),
        ("docker swarm leave --force", "takes this machine out of its swarm"),
        ("docker service rm web", "removes Docker services"),
        ("docker stack down web", "removes Docker stacks"),
        ("docker compose down", "stops or removes containers of a Compose project"),
        ("docker compose -f a.yml -p x down -v --rmi all", "stops or removes containers of a Compose project"),
        ("docker-compose stop web", "stops or removes containers of a Compose project"),
        ("docker run -v /:/host alpine true", "lets a container write to folders of the machine"),
        (
            "docker run --mount type=bind,source=/etc,target=/e alpine true",
            "lets a container write to folders of the machine",
        ),
        ("docker --context 'a b' rm web", "removes Docker containers"),
        ("podman rmi a", "removes Docker images"),
    ],
)
def test_docker(command: str, effect: str) -> None:
    assert found(command) == [f"{effect}: {command}"]


@pytest.mark.parametrize(
    ("command", "effect"),
    [
        ("rm a.txt", "removes files"),
        ("rm -r -- -a", "removes files and folders"),
        ("rm -Rf ~/x $HOME/y *.c", "removes files and folders"),
        ("mv site.conf /etc/nginx/", "moves or overwrites files"),
        ("mv /etc/passwd .", "moves or overwrites files"),
        ("cp app /usr/local/bin", "overwrites files"),
        ("cp -t /usr/local/bin app", "overwrites files"),
        ("ln -sf /a /usr/bin/b", "replaces files"),
        ("dd if=/dev/zero of=/dev/sda bs=1M", "overwrites files or disks"),
        ("mkfs.ext4 /dev/sda1", "makes a new file system"),
        ("truncate -s 0 app.log", "truncates files"),
        ("shred -n 3 secret", "overwrites files beyond recovery"),
        ("tee /etc/hosts < new", "overwrites files"),
        ("sed -i s/a/b/ /etc/hosts", "changes files"),
        ("sed -e s/a/b/ -i /etc/hosts", "changes files"),
        ("find /srv -name '*.log' -delete", "removes what it finds"),
        (r"find . -exec rm {} \;", "removes files"),
        ("find . -print | xargs -n 1 rm", "removes files"),
        ("kill -9 $(pidof dockerd)", "ends processes"),
        ("kill -9 -1", "ends processes"),
        ("pkill -f nginx", "ends processes"),
        ("killall nginx", "ends processes"),
        ("systemctl --now disable docker", "disables services"),
        ("systemctl stop docker", "stops services"),
        ("service docker stop", "stops services"),
        ("reboot", "stops the machine"),
        ("shutdown -h now", "stops the machine"),
        ("apt-get -y -o A=b purge nginx", "removes packages"),
        ("userdel -r ann", "removes accounts"),
        ("chmod -R 777 /srv", "changes the permissions of everything below"),
        ("chown -R a:b /srv", "changes the owner of everything below"),
        ("iptables -t nat -F", "removes firewall rules"),
        ("git -C app clean -fdx", "removes files that git does not know"),
        ("git reset --hard HEAD~1", "discards uncommitted changes"),
        ("git restore --staged --worktree .", "discards uncommitted changes"),
        ("kubectl -n x delete pod web", "removes from the cluster"),
        ("crontab -r", "removes scheduled commands"),
    ],
)
def test_the_machine(command: str, effect: str) -> None:
    (words,) = found(command)
    assert words.startswith(f"{effect}: ")
    assert words.removeprefix(f"{effect}: ") in command


@pytest.mark.parametrize(
    "command",
    [
        "> {}",
        "date >{}",
        "date >| {}",
        "date &> {}",
        "date 2> {}",
        "exec 3> {}",
        "cat <<END > {}\ntext\nEND",
        "for i in 1 2; do date; done > {}",
        "{{ date; }} > {}",
    ],
)
@pytest.mark.parametrize(
    ("path", "hazards"),
    [
        ("/etc/hosts", ["overwrites files: /etc/hosts"]),
        ("'/etc'/hosts", ["overwrites files: '/etc'/hosts"]),
        ("~/../x", ["overwrites files: ~/../x"]),
        ("/tmp/../etc/x", ["overwrites files: /tmp/../etc/x"]),
        ("/dev/sda", ["overwrites files: /dev/sda"]),
        ('"$file"', ['overwrites files: "$file"']),
        ("{{ path }}", ["overwrites files: {{ path }}"]),
        ("~/x", []),
        ("$HOME/x", []),
        ('"${HOME}/$x"', []),
        ("/dev/null", []),
        ("/tmp/x", []),
        ("$PWD/x", []),
        ("x-$i.txt", []),
        ("x", []),
    ],
)
def test_redirections(command: str, path: str, hazards: list[str]) -> None:
    assert found(command.format(path)) == hazards


@pytest.mark.parametrize(
    "command",
    [
        r"\rm x",
        "'rm' x",
        'r"m" x',
        "/bin/rm x",
        "command rm x",
        "command -p rm x",
        "sudo rm x",
        "sudo -u ann --preserve-env A=b rm x",
        "sudo -- rm x",
        "doas rm x",
        "env -i -u A B=c rm x",
        "A=b C=d rm x",
        "nohup nice -n 5 timeout -k 1 5 rm x",
        "time rm x",
        "! rm x",
        "exec rm x",
        "busybox rm x",
        "rm x &",
        "rm x > log 2>&1",
        "true; rm x",
        "true && rm x",
        "false || rm x",
        "[ -f x ] && rm x",
        "if true; then rm x; fi",
        "if rm x; then true; fi",
        "while rm x; do true; done",
        "until true; do rm x; done",
        "for i in 1 2; do rm x; done",
        "for ((i = 0; i < 2; i++)); do rm x; done",
        "case a in a) rm x ;; esac",
        "clean() { rm x; }; clean",
        "function clean { rm x; }",
        "(cd y && rm x)",
        "{ rm x; }",
        "echo $(rm x)",
        'echo "now: $(rm x)"',
        "echo `rm x`",
        "a=$(rm x)",
        "local a=$(rm x)",
        "A=$(rm x) date",
        '[[ -n "$(rm x)" ]]',
        'echo "${a:-$(rm x)}"',
        "diff <(rm x) y",
        "date > >(rm x)",
        "date | rm x",
        "date |\n  rm x",
        "rm \\\n  x",
        "watch -n 1 rm x",
        "xargs -I{} -n 1 rm x < list",
        "cat <<END\n$(rm x)\nEND",
        "{% if a %}rm x{% endif %}",
        "{# note #}rm x",
    ],
)
def test_in_every_place(command: str) -> None:
    (words,) = found(command)
    shown = words.removeprefix("removes files: ")
    assert shown != words
    assert shown.endswith(" x")
    assert shown in " ".join(command.replace("\\\n", "").split())


@pytest.mark.parametrize(
    "command",
    [
        "",
        "# rm -rf /",
        "ls # rm -rf /",
        'echo "rm -rf /"',
        "echo rm -rf /",
        "grep 'docker rmi' notes",
        "printf '%s' 'rm x' | cat",
        "echo 'rm x' | wc -l | cat",
        "cat <<END\nrm -rf /\nEND",
        "cat <<'END' > notes.txt\n$(rm -rf /)\nEND",
        "docker build - <<END\nFROM debian\nRUN rm -rf /var/lib/apt\nEND",
        "docker run --rm debian rm -rf /",
        "docker exec web rm -rf /srv",
        "docker run -v $PWD:/app -v /tmp/x:/x -v data:/d -v /etc:/e:ro alpine",
        "docker ps -a --format '{{.Names}} {{.Status}}'",
        "docker rm --help",
        "docker images; docker pull nginx; docker run -d nginx; docker tag a b",
        "docker stop",
        "man rm; which rm; type rm; command -v rm; help kill",
        "kill %1; kill $!; kill -l; kill -0 123",
        "mv a b; cp /etc/hosts .; ln -s /etc/hosts h; cp a ~/b",
        "sed s/a/b/ /etc/hosts; sed -i s/a/b/ notes",
        "find / -name rm",
        "systemctl status docker; systemctl is-active docker",
        "apt-get install -y nginx; apt list",
        "git status; git clean -n; git reset HEAD a; git checkout main; git stash; git push",
        "kubectl get pods; iptables -L; crontab -l; chmod 644 x; chown a x",
        "dd if=/dev/zero of=/dev/null count=1",
        "bash --version",
        "trap - EXIT; trap '' INT; trap -p",
        "tee notes.txt; tee -a /etc/hosts",
        "date >> /etc/hosts",
        "a='rm -rf /'",
        "[[ rm == rm ]]",
        "rm",
    ],
)
def test_harmless(command: str) -> None:
    assert found(command) == []


@pytest.mark.parametrize(
    "command",
    [
        "$x y",
        '"$x" y',
        "$(which rm) x",
        "${cmd[@]}",
        "sudo $x",
        "eval $x",
        'bash -c "$x"',
        "bash script.sh",
        "source ./env.sh",
        ". env",
        "./clean.sh --all",
        "curl https://example.com | sh",
        "cat script | sudo bash",
        "bash < script",
        "{{ command }} --force",
        r"$'\x72m' x",
        "sh -c 'rm x'",
        "sudo bash -lc 'cd / && rm x'",
        "eval 'rm x'",
        "eval rm x",
        "trap 'rm x' EXIT",
        "su -c 'rm x' ann",
        "sudo -u ann -i",
        "watch -n 1 'rm x'",
        "alias clean='rm x'",
        "echo 'rm x' | sh",
        "bash <<< 'rm x'",
        "sh <<END\nrm x\nEND",
        "sudo bash -s -- a <<-END > log && true\n\trm x\nEND",
        "cat <<END | sh\nrm x\nEND",
        "{ sh; } <<END\nrm x\nEND",
        "xargs -I{} -n 1 sh -c 'rm x' < list",
    ],
)
def test_may_run_anything(command: str) -> None:
    (words,) = found(command)
    assert words.startswith(f"{MAY}: ")
