"""What `help` says to write is right, whatever the mistake: mistakes are made at random places of good specs.

Each finding whose help names what to write, or what was meant, is answered in that way; then it must be gone, and there
must be no new one.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trainspec.compose import Read
from trainspec.diagnostics import Diagnostic
from trainspec.editing.apply_fixes import at_once
from trainspec.pipeline import Options, analyse
from trainspec.text.source import Source, read_source

from helpers import ROOT, is_thorough, tried

SPECS = sorted(path for folder in ("specs", "specs/platform") for path in (ROOT / folder).glob("*.yaml"))
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in SPECS}

Change = Callable[[re.Match[str], random.Random], str]


def _misspelt(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    match chance.randrange(3):
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case _:
            return word[:at] + word[at] + word[at:]


def _camel(word: str) -> str:
    head, *rest = word.split("_")
    return head + "".join(each.title() for each in rest)


MISTAKES: dict[str, tuple[str, Change]] = {
    "a misspelt key": (r"(?<=\s)[a-z_]{5,}(?=: )", lambda found, chance: _misspelt(found[0], chance)),
    "a key in camel case": (r"(?<=[\s{])[a-z]+_[a-z_]+(?=: )", lambda found, _: _camel(found[0])),
    "a key in AWS's case": (
        r"(?<=[\s{])(?:instance_type|instance_count|max_wait)(?=: )",
        lambda found, _: "".join(each.title() for each in found[0].split("_")),
    ),
    "no colon": (r"(?m)(?<=^    )[a-z]+: (?=s3://)", lambda found, _: found[0].replace(":", "")),
    "no space": (r"(?m)(?<=^    )[a-z]+: (?=s3://)", lambda found, _: found[0].strip()),
    "an equals sign": (r"(?m)(?<=^    )[a-z]+: (?=s3://)", lambda found, _: found[0].replace(": ", " = ")),
    "a misspelt machine": (
        r"ml\.[a-z0-9]+\.[0-9]*x?large",
        lambda found, chance: chance.choice([found[0][3:], found[0].upper(), found[0].replace("ml.", "ml-")]),
    ),
    "a unit in words": (
        r"(?<=max_runtime: )[0-9]+[hm]\b",
        lambda found, chance: (
            found[0][:-1]
            + chance.choice([" ", ""])
            + {"h": chance.choice(["hours", "hrs", "hour"]), "m": chance.choice(["minutes", "mins", "min"])}[
                found[0][-1]
            ]
        ),
    ),
    "a clock's time": (r"(?<=max_runtime: )([0-9]+)h\b", lambda found, _: f'"{int(found[1]):02}:00:00"'),
    "a binary unit": (
        r"(?<=volume_size: )([0-9]+)GB",
        lambda found, chance: found[1] + chance.choice(["Gi", "GiB", " gb", "G", "000MB"]),
    ),
    "a number in words": (
        r"(?<=instance_count: )[1-9]\b",
        lambda found, _: ["zero", "one", "two", "three", "four"][int(found[0])],
    ),
    "a word for true": (r"(?<=: )true\b", lambda _, chance: chance.choice(['"yes"', '"True"', '"on"'])),
    "a variable without vars": (r"\$\{vars\.(\w+)\}", lambda found, _: f"${{{found[1]}}}"),
    "a misspelt variable": (r"\$\{vars\.(\w{4,})\}", lambda found, chance: f"${{vars.{_misspelt(found[1], chance)}}}"),
    "a misspelt macro": (r"(?<=\{\{ )ts_nodash(?= \}\})", lambda found, chance: _misspelt(found[0], chance)),
    "a misspelt job": (r"(?<=\$\{jobs\.)\w{4,}(?=\.)", lambda found, chance: _misspelt(found[0], chance)),
    "a misspelt attribute": (r"(?<=\.)model(?=\})", lambda found, chance: _misspelt(found[0], chance)),
    "a misspelt dependency": (r"(?<=depends_on: )\w{4,}", lambda found, chance: _misspelt(found[0], chance)),
    "a zone": (r"(?m)(?<=region: )[a-z]+-[a-z]+-[0-9]$", lambda found, _: f"{found[0]}a"),
    "a scheme in capitals": (r"(?<= )s3://(?=[a-z])", lambda _found, _: "S3://"),
    "another version": (r"(?<=^trainspec: )1|(?<=\ntrainspec: )1", lambda _, chance: chance.choice(["2", "1.0"])),
    "a schedule": (r'(?<=schedule: )"@\w+"', lambda found, chance: f'"{_misspelt(found[0][1:-1], chance)}"'),
    "a bound": (r"(?<=[ ,{])at_least(?=: )", lambda _, chance: chance.choice(["min", "gte", "minimum"])),
    "a goal": (
        r"(?<=, )(?:max|min)(?=\))",
        lambda found, chance: chance.choice([f"{found[0]}imize", found[0].upper()]),
    ),
    "a misspelt operator": (r"(?<=\.)SageMakerRegister\w+", lambda found, chance: _misspelt(found[0], chance)),
}
_WANTED = re.compile(r"(?:write|did you mean) `(.+?)`(?:$|[?;,])")


def _read(name: str) -> Source | Diagnostic:
    return read_source(ROOT / name, name)


READ: Read = _read


def findings(name: str, text: str) -> list[Diagnostic]:
    """The errors in a spec of this repository with another text."""
    found = analyse(Source(name, text), Options(), READ).findings
    return [each for each in found if each.severity.value == "error"]


def answered(text: str, found: Diagnostic) -> str | None:
    """The text with what the help of a finding says to write in its place; None if it names nothing."""
    wanted = _WANTED.search(found.advice or "") or re.fullmatch("write (1)", found.advice or "")
    span = found.span
    if wanted is None or "…" in wanted[1] or "NAME" in wanted[1] or span.line != span.end_line:
        return None
    if re.match(r"\w+: ", wanted[1]) and found.code.id != "TS002":
        return None  # a field to be added, at a place that the author chooses
    lines = text.splitlines(keepends=True)
    there = lines[span.line - 1]
    old, new = there[span.column - 1 : span.end_column - 1], wanted[1]
    quoted = re.search(r"\$\{(.+?)\}", found.message)
    inner = quoted if quoted and quoted[0] in old else re.search(r"\$\{(.+?)\}", old)
    word = re.search(r"`(\w+)` is not available in Airflow templates", found.message)
    if word:
        new = old.replace(word[1], new)
    elif inner and "${" not in new and new.count(".") < 4:
        new = _in_reference(old, inner[1], new, found.message)
    lines[span.line - 1] = there[: span.column - 1] + new + there[span.end_column - 1 :]
    return "".join(lines)


def _in_reference(old: str, inner: str, new: str, message: str) -> str:
    """A `${...}` in which the part that the message quotes, or else the part most like `new`, is replaced by `new`."""
    if new.startswith(("vars.", "env.")):
        return old.replace(inner, new, 1)
    for word in re.findall(r"`\.?([\w:-]+)`", message):
        if word != inner and re.search(rf"\b{re.escape(word)}\b", inner):
            return old.replace(inner, re.sub(rf"\b{re.escape(word)}\b", new, inner, count=1), 1)
    parts = re.split(r"([.(), ]+)", inner)
    near = min(range(0, len(parts), 2), key=lambda at: _distance(parts[at].lower(), new.lower()))
    return old.replace(inner, "".join([*parts[:near], new, *parts[near + 1 :]]), 1)


def _distance(one: str, other: str) -> int:
    common = sum(1 for a, b in zip(one, other, strict=False) if a == b)
    tail = sum(1 for a, b in zip(reversed(one), reversed(other), strict=False) if a == b)
    return max(len(one), len(other)) - max(common, tail)


def _places(pattern: str) -> Iterator[tuple[str, re.Match[str]]]:
    for name, text in TEXTS.items():
        for found in re.finditer(pattern, text):
            before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
            if "#" not in before:
                yield name, found


PLACES = {mistake: list(_places(pattern)) for mistake, (pattern, _) in MISTAKES.items()}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_there_are_places_for_it(mistake: str) -> None:
    assert PLACES[mistake]


@st.composite
def mistakes(draw: st.DrawFn) -> tuple[str, str, str]:
    """A mistake, the spec that it is made in, and the resulting text."""
    mistake = draw(st.sampled_from(sorted(MISTAKES)))
    name, found = draw(st.sampled_from(PLACES[mistake]))
    chance = random.Random(draw(st.integers(0, 10_000)))  # noqa: S311
    text = TEXTS[name]
    return mistake, name, text[: found.start()] + MISTAKES[mistake][1](found, chance) + text[found.end() :]


ANSWERED: dict[str, int] = {}


@tried(400)
@given(mistakes())
def test_what_help_says_is_right(made: tuple[str, str, str]) -> None:
    mistake, name, text = made
    before = findings(name, text)
    reported = Counter((each.code.id, each.message) for each in before)
    for found in before:
        if found.span.path != name:
            continue
        new = answered(text, found)
        if new is None:
            continue
        ANSWERED[mistake] = ANSWERED.get(mistake, 0) + 1
        after = Counter((each.code.id, each.message) for each in findings(name, new))
        what = (found.code.id, found.message)
        assert after[what] < reported[what], (found.advice, new)
        hides_more = found.code.id == "TS002" or any(each.code.id == "TS101" for each in before if each is not found)
        assert hides_more or not after.keys() - reported.keys(), (found.advice, after.keys() - reported.keys())


def test_most_kinds_were_answered() -> None:
    """Runs after the property, in the same process: a property that answers nothing proves nothing."""
    if ANSWERED:
        wanted = len(MISTAKES) * 3 // 4 if is_thorough() else len(MISTAKES) // 2
        assert len(ANSWERED) >= wanted, sorted(MISTAKES.keys() - ANSWERED.keys())


@tried(200)
@given(mistakes())
def test_a_fix_is_right(made: tuple[str, str, str]) -> None:
    _, name, text = made
    before = findings(name, text)
    for found in before:
        if found.fix is None or found.span.path != name:
            continue
        fixed = at_once(Source(name, text), [found])
        assert fixed is not None, found
        after = Counter((each.code.id, each.message) for each in findings(name, fixed[0]))
        what = (found.code.id, found.message)
        assert after[what] < Counter((each.code.id, each.message) for each in before)[what], (what, fixed[0])
