"""What a deck would destroy on a real machine: what is listed, in which words, and what is only text."""

from __future__ import annotations

import pytest

from tests.hosts.hazards.listed import UNKNOWN, found

PRUNED = "removes stopped Docker containers, unused networks, all unused images and the build cache"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("docker rmi --force $(docker images -aq)", "removes Docker images: $(docker images -aq)"),
        ("docker image rm a b", "removes Docker images: a b"),
        ("docker rm -f web", "removes Docker containers: web"),
        ("docker container rm -fv web", "removes Docker containers and their volumes: web"),
        ("docker -H tcp://a --log-level debug rm web", "removes Docker containers: web"),
        ("docker kill -s HUP web", "kills Docker containers: web"),
        ("docker container stop -t 5 web", "stops Docker containers: web"),
        ("docker volume rm data", "removes Docker volumes: data"),
        ("docker network rm net", "removes Docker networks: net"),
        ("docker image prune", "removes Docker images that have no name"),
        ("docker image prune -af", "removes all Docker images that no container uses"),
        ("docker container prune -f", "removes all stopped Docker containers"),
        ("docker volume prune --all --force", "removes all unused Docker volumes"),
        (
            "docker system prune -af --volumes",
            f"{PRUNED}, and unused volumes",
        ),
        ("docker swarm leave --force", "takes this machine out of its swarm"),
        ("docker service rm web", "removes services of the swarm: web"),
        ("docker stack down web", "removes stacks of the swarm: web"),
        ("docker compose down", "stops and removes containers and networks of a Compose project"),
        (
            "docker compose -f a.yml -p x down -v --rmi all",
            "stops and removes containers, networks, volumes and images of a Compose project",
        ),
        ("docker-compose stop web", "stops the containers of a Compose project: web"),
        ("docker run -v /:/host alpine true", "lets a container write to /"),
        ("docker run --mount type=bind,source=/etc,target=/e alpine true", "lets a container write to /etc"),
        ("podman rmi a", "removes Docker images: a"),
    ],
)
def test_docker(command: str, words: str) -> None:
    assert found(command) == [words]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("rm a.txt", "removes files: a.txt"),
        ("rm -r -- -a", "removes files and folders with all that is in them: -a"),
        ("rm -Rf ~/x $HOME/y *.c", "removes files and folders with all that is in them: ~/x $HOME/y *.c"),
        ("mv site.conf /etc/nginx/", "moves or overwrites: /etc/nginx/"),
        ("mv /etc/passwd .", "moves or overwrites: /etc/passwd"),
        ("cp app /usr/local/bin", "overwrites: /usr/local/bin"),
        ("ln -sf /a /usr/bin/b", "replaces: /usr/bin/b"),
        ("dd if=/dev/zero of=/dev/sda bs=1M", "overwrites /dev/sda"),
        ("mkfs.ext4 /dev/sda1", "makes a new file system: /dev/sda1"),
        ("truncate -s 0 app.log", "cuts files off: app.log"),
        ("shred -n 3 secret", "overwrites files beyond recovery: secret"),
        ("tee /etc/hosts < new", "overwrites /etc/hosts"),
        ("sed -i s/a/b/ /etc/hosts", "changes /etc/hosts"),
        ("find /srv -name '*.log' -delete", "removes what it finds below /srv"),
        (r"find . -exec rm {} \;", "removes files: what it finds"),
        ("kill -9 $(pidof dockerd)", "ends processes: $(pidof dockerd)"),
        ("kill -9 -1", "ends processes: -1"),
        ("pkill -f nginx", "ends processes by name: nginx"),
        ("killall nginx", "ends processes by name: nginx"),
        ("systemctl --now disable docker", "disables services: docker"),
        ("systemctl stop docker", "stops services: docker"),
        ("service docker stop", "stops the service docker"),
        ("reboot", "stops the machine"),
        ("shutdown -h now", "stops the machine"),
        ("apt-get -y -o A=b purge nginx", "removes packages: nginx"),
        ("userdel -r ann", "removes accounts: ann"),
        ("chmod -R 777 /srv", "changes the permissions of everything below: /srv"),
        ("chown -R a:b /srv", "changes the owner of everything below: /srv"),
        ("iptables -t nat -F", "removes firewall rules"),
        ("git -C app clean -fdx", "removes files that git does not know"),
        ("git reset --hard HEAD~1", "throws uncommitted changes away"),
        ("kubectl -n x delete pod web", "removes from the cluster: pod web"),
        ("crontab -r", "removes scheduled commands"),
    ],
)
def test_the_machine(command: str, words: str) -> None:
    assert found(command) == [words]


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
        ("/etc/hosts", ["overwrites /etc/hosts"]),
        ("'/etc'/hosts", ["overwrites '/etc'/hosts"]),
        ("~/../x", ["overwrites ~/../x"]),
        ("/tmp/../etc/x", ["overwrites /tmp/../etc/x"]),
        ("/dev/sda", ["overwrites /dev/sda"]),
        ('"$file"', [f'overwrites "$file" ({UNKNOWN})']),
        ("{{ path }}", [f"overwrites {{{{ path }}}} ({UNKNOWN})"]),
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
        r"$'\x72m' x",
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
        "sh -c 'rm x'",
        'bash -euo pipefail -c "rm x"',
        "sudo bash -lc 'cd / && rm x'",
        "bash -c \"bash -c 'rm x'\"",
        "eval 'rm x'",
        "eval rm x",
        "trap 'rm x' EXIT",
        "su -c 'rm x' ann",
        "watch -n 1 rm x",
        "alias clean='rm x'",
        "echo 'rm x' | sh",
        "echo rm x | sudo bash -s",
        r"printf 'true\nrm x\n' | bash",
        "bash <<< 'rm x'",
        "sh <<END\nrm x\nEND",
        "sh <<'END'\nrm x\nEND",
        "sudo bash -s -- a <<-END > log && true\n\trm x\nEND",
        "bash <<END -s\nrm x\nEND",
        "cat <<END | sh\nrm x\nEND",
        "cat <<END | sudo sh > log\nrm x\nEND",
        "{ sh; } <<END\nrm x\nEND",
        "cat <<END\n$(rm x)\nEND",
        "xargs -I{} -n 1 sh -c 'rm x' < list",
        "{% if a %}rm x{% endif %}",
        "{# note #}rm x",
    ],
)
def test_wherever_it_stands(command: str) -> None:
    assert found(command) == ["removes files: x"]


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
        "bash -c \"docker ps --format '{{.Names}}'\"",
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
        "alias ll='ls -l'; trap - EXIT; trap '' INT",
        "tee notes.txt; tee -a /etc/hosts",
        "date >> /etc/hosts",
        "a='rm -rf /'",
        "[[ rm == rm ]]",
        "rm",
    ],
)
def test_what_is_harmless(command: str) -> None:
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
    ],
)
def test_what_cannot_be_known(command: str) -> None:
    (words,) = found(command)
    assert words.startswith(f"{UNKNOWN}: ")
