"""Files, answers, programs and retries, captured on a real disposable Docker host."""

from __future__ import annotations

import json

from tests.course import Project

# The job speaks when the shell waits to be typed into (S*+), which is between two tries.
TALK = """\
---
marp: true
theme: mspt2
---

```text file=app/note.txt
{{ not Jinja }}
```

```bash run id=files
cat app/note.txt sub/given.txt
(until [[ -e go && $(ps -o stat= $$) == S*+ ]]; do sleep 0.05; done
cat late; touch ready) & disown
```

```bash run retry=20
test -e ready || { touch go; false; }
```

```bash run id=asked input="me\\nhunter2"
read -p "name: " n; read -s -p "password: " p; echo; echo "hi $n, ${#p} letters"
```

```bash run
echo "not shown: $p"
```

```bash run id=stopped input="^C" exit=130
sleep 100
```

```bash run id=ended input="one\\ntwo\\n^D"
cat
```

```bash run prompt="sh> "
PS1='sh> ' sh -i
```

```bash run id=inside
echo $((6 * 7))
cd /
pwd
```

```bash run exit=4
exit 4
```

```bash run id=after
echo "left with $?"
```
"""


def test_files_input_programs_and_retries(project: Project) -> None:
    project.deck.write_text(TALK, encoding="utf-8")
    given = project.deck.parent / "files" / "sub" / "given.txt"
    given.parent.mkdir(parents=True)
    given.write_text("from files/\n", encoding="utf-8")
    (given.parents[1] / "late").write_text("late, but not secret=hunter3\n", encoding="utf-8")
    done = project.livedeck("capture")
    assert done.returncode == 0, done.stderr
    record = json.loads(project.record.read_text(encoding="utf-8"))
    shown = {c["command"]: c["output"] for step in record["steps"] for c in step["captures"]}
    assert shown["cat app/note.txt sub/given.txt"] == ["{{ not Jinja }}", "from files/"]
    (job,) = (lines for command, lines in shown.items() if command.startswith("(until"))
    said = [line for line in job[1:] if "Done" not in line]
    assert said == ["late, but not secret=<redacted:secret>"], "between two tries, so not part of either"
    asked = next(lines for command, lines in shown.items() if command.startswith("read"))
    assert [line for line in asked if "Done" not in line][-1] == "hi me, 7 letters"
    assert not any("hunter2" in line for line in asked)
    assert shown['echo "not shown: $p"'] == ["not shown: <redacted:input>"]
    inputs = [capture.get("input") for step in record["steps"] for capture in step["captures"]]
    assert "me\\n<redacted:input>" in inputs
    assert "hunter" not in project.record.read_text(encoding="utf-8") + done.stderr
    assert shown["sleep 100"] == ["^C"]
    assert shown["cat"] == ["one", "one", "two", "two"]
    assert (shown["echo $((6 * 7))"], shown["pwd"]) == (["42"], ["/"])
    assert shown['echo "left with $?"'] == ["left with 4"]
    inside = [c for step in record["steps"] for c in step["captures"] if c.get("program")]
    assert [(c["prompt"], c["command"]) for c in inside] == [
        ("sh> ", "echo $((6 * 7))"),
        ("sh> ", "cd /"),
        ("sh> ", "pwd"),
        ("sh> ", "exit 4"),
    ]
    assert project.livedeck("build", "--format", "md").returncode == 0
    assert "```text\n{{ not Jinja }}\n```" in project.markdown.read_text(encoding="utf-8")
    given.write_text("changed\n", encoding="utf-8")
    done = project.livedeck("build", "--format", "md")
    assert done.returncode == 1
    assert "decks/one/files/ is not what was captured" in done.stderr
