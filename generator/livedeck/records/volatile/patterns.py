"""Patterns of volatile values in what Docker and similar tools print.

Each rule is a kind of value and an expression. The value is the group of the expression if it has one, else the whole
match. No rule takes more than linear time on a hostile line.
"""

from __future__ import annotations

import re

_START, _END = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_CLOCK = r"\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?"
_PERIOD = r"\d+ (?:second|minute|hour|day|week|month|year)s?"
_METER = r" *\d{1,3}(?: +\d[\d.]{0,9}[kMGT]?){7}(?: +[-\d]{1,3}:[-\d]{2}:[-\d]{2}){3} +\d[\d.]{0,9}[kMGT]?"
"""A line of curl's progress meter."""
_NEVER = r"(?!0001-01-01|1970-01-01)"
_ZONE = r"(?: ?(?:Z(?![A-Za-z])|[+-]\d{2}:?\d{2}))?(?: (?:UTC|GMT|[A-Z]{3,4}T)\b)?"
# The words that Docker puts before the name of a scientist: docker/internal/namesgenerator.
_ADJECTIVES = """
admiring adoring affectionate agitated amazing angry awesome beautiful blissful bold boring brave busy charming clever
compassionate competent condescending confident cool cranky crazy dazzling determined distracted dreamy eager ecstatic
elastic elated elegant eloquent epic exciting fervent festive flamboyant focused friendly frosty funny gallant gifted
goofy gracious great happy hardcore heuristic hopeful hungry infallible inspiring intelligent interesting jolly jovial
keen kind laughing loving lucid magical modest musing mystifying naughty nervous nice nifty nostalgic objective
optimistic peaceful pedantic pensive practical priceless quirky quizzical recursing relaxed reverent romantic sad serene
sharp silly sleepy stoic strange stupefied suspicious sweet tender thirsty trusting unruffled upbeat vibrant vigilant
vigorous wizardly wonderful xenodochial youthful zealous zen
"""

LISTED = re.compile(
    r"^[-bcdlps][-rwxsStT]{9}[.+@]? +\d+ +\S+ +\S+ +(?:\d+, *\d+|(?P<size>[\d.]+[KMGT]?)) +"
    rf"(?P<time>{_MONTH} +\d{{1,2}} +(?:\d{{2}}:\d{{2}}|\d{{4}})"
    rf"|\d{{4}}-\d{{2}}-\d{{2}}(?: {_CLOCK})?(?: [+-]\d{{4}})?)"
    r" (?P<name>.+)$"
)
"""A line of `ls -l`."""
TOTAL = re.compile(r"^total (?P<size>[\d.]+[KMGT]?)$")
"""The line above a listing of `ls -l`."""
RANDOM_NAME = re.compile(r"[a-z]+_[a-z]+[0-9]?")
"""A name that Docker may have given: an adjective and a scientist, known to this Livedeck or not."""

RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rule))
    for kind, rule in (
        ("id", rf"{_START}[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}{_END}"),
        ("id", rf"{_START}(?:[A-Z2-7]{{4}}:){{11}}[A-Z2-7]{{4}}{_END}"),
        ("id", rf"sha256:([0-9a-f]{{6,64}}){_END}"),
        ("id", rf"{_START}(?:[0-9a-f]{{64}}|[0-9a-f]{{40}}|[0-9a-f]{{32}}|[0-9a-f]{{12}}){_END}"),
        ("id", rf"{_START}(?=[a-z]{{0,24}}\d)(?=\d{{0,24}}[a-z])[0-9a-z]{{25}}{_END}"),
        ("id", rf"{_START}[A-Z2-7]{{26}}{_END}"),
        ("id", rf"{_START}veth([0-9a-f]{{7}}){_END}"),
        ("id", rf"(?:\bbuild|[Gg]it ?[Cc]ommit:) +([0-9a-f]{{7,40}}){_END}"),
        ("id", r"\b(?:ADD|COPY) (?:file|dir|multi):([0-9a-f]{6,63})…"),
        ("id", r"(?i:etag): (?:W/)?\"?([0-9a-f]+-[0-9a-f]+)"),
        ("name", rf"{_START}(?:{'|'.join(_ADJECTIVES.split())})_[a-z]{{2,20}}[0-9]?(?![0-9A-Za-z_])"),
        ("mac", rf"{_START}(?!(?:00:){{5}}00|(?:ff:){{5}}ff)(?:[0-9a-f]{{2}}:){{5}}[0-9a-f]{{2}}{_END}"),
        ("port", r"(?<=:)(3276[89]|327[7-9]\d|32[89]\d\d|3[3-9]\d{3}|[45]\d{4}|60\d{3})(?=->|[/\"\s]|$)"),
        ("port", r"\"HostPort\": ?\"(3276[89]|327[7-9]\d|32[89]\d\d|3[3-9]\d{3}|[45]\d{4}|60\d{3})\""),
        ("process", r"\"Pid\": ?([1-9]\d*)"),
        ("time", rf"(?<!\d){_NEVER}\d{{4}}-\d{{2}}-\d{{2}}[T ]{_CLOCK}{_ZONE}"),
        ("time", rf"(?<!\d)\d{{4}}/\d{{2}}/\d{{2}} {_CLOCK}"),
        ("time", rf"(?<!\d)\d{{2}}/{_MONTH}/\d{{4}}:{_CLOCK}(?: [+-]\d{{4}})?"),
        ("time", rf"\b{_DAY}, \d{{2}} {_MONTH} \d{{4}} {_CLOCK}{_ZONE}"),
        ("time", rf"\b(?:{_DAY} )?{_MONTH} {{1,2}}\d{{1,2}} {_CLOCK}(?: [AP]M)?(?: [A-Z]{{3,4}})?(?: \d{{4}})?(?!\d)"),
        ("time", rf"(?<![\d-]){_NEVER}\d{{4}}-\d{{2}}-\d{{2}}(?![\d-])"),
        ("time", r"(?<![\d:.])\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?![\d:])"),
        ("time", r"(?<!\S)[0-2]\d:[0-5]\d(?!\S)"),
        ("time", r"(?<![\w.-])(?:1[6-9]|2[0-4])\d{8}(?:\d{3}|\d{6}|\d{9}|\.\d{1,9})?(?![\w.])"),
        ("age", r"(?:Less than a second|About an? (?:minute|hour))\b"),
        ("age", r"(?<=\bup )(?: ?\d{1,5} days?, +)? ?(?:\d{1,2}:\d{2}|\d{1,2} min)(?=,)"),
        ("age", rf"(?<=\b[Uu]p ){_PERIOD}\b"),
        ("age", rf"(?<![\w.]){_PERIOD}(?=(?:, {_PERIOD})? ago\b)"),
        ("share", r"(?<=\bload average: )\d+\.\d+, \d+\.\d+, \d+\.\d+"),
        ("share", rf"^{_METER}$"),
        ("duration", r"(?<=B in )(?:\d+h )?(?:\d+min )?\d+s(?= \()"),
        ("duration", r"(?<![\w.])(?:\d+h)?\d+m\d+(?:\.\d+)?s(?!\w)"),
        ("duration", r"(?<![\w.])\d+(?:\.\d+)? ?(?:ms|[uµμ]s|ns)(?!\w)"),
        ("duration", r"(?<![\w.])\d+\.\d+ ?(?:s|sec|secs|seconds?)(?!\w)"),
        ("size", r"(?<![\w.,])\d{1,3}(?:,\d{3}){1,5} ?[kKMG]?B(?!\w)"),
        ("size", r"(?<![\w.])(?!0B \(0%\))\d+(?:\.\d+)? ?(?:[kKMGTP]i?)?B(?!\w)"),
        ("size", r"(?<!\S)\d+(?:\.\d+)?[KMGT](?!\S)"),
        ("size", r"\"(?:(?!ShmSize)\w*Size\w*|UsageData)\": ?(\d+)"),
        ("size", r"(?i:content-length): (\d+)"),
        ("share", r"(?<![\w.])\d+\.\d+ ?%(?! packet loss)"),
        ("share", r"(?<=B \()(?<![\s]0B \()\d+%(?=\))"),
        ("share", r"(?<=\s)\d+%(?=\s+/)"),
        ("index", r"(?<=@if)\d+"),
        ("index", r"^\d+(?=: \S{1,20}@if\d)"),
    )
)
SETTING = re.compile(
    r"(?i:interval|timeout|period|limit|expires?|not_?(?:before|after)|shm[-_]?size)[\"']?\s*[:=]\s*[\"']?$"
)
"""The words before a measure that is a setting, and so not volatile."""
VERSION = re.compile(r"(?i:\bversion\b[\"']?[:=]?\s*[\"']?|(?<![:/])\b[a-z][\w.-]*/)$")
"""The words before a version: anywhere else four numbers with dots are an address."""
ADDRESS = re.compile(
    r"(?<![\w.:-])(?:\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\w|[-+~](?!(?:\d{1,3}\.){3})\w)|(?=[0-9a-f]{0,4}:)[0-9a-f:]{3,39}(?![\w:]|\.\w))"
)
"""A text that may be an IP address."""
