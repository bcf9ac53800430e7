"""`trainspec fmt`: what it makes of difficult texts, character for character; and what must hold for every text."""

import io
import re
import sys
import textwrap
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from trainspec.editing.equivalence import is_same
from trainspec.editing.format import formatted
from trainspec.language.job import Job
from trainspec.language.order import LEADING
from trainspec.text.parse import parse
from trainspec.text.source import Source

from helpers import ROOT, Run

CASES = {
    "comments go with their keys": (
        """\
        # what this file is about
        jobs:
          # about train
          train:
            output: s3://b/ # at output
            # about the name
            # in two lines
            name: x # at name
            # at the end of train
          # about other

          other: {name: y}
        # about trainspec
        trainspec: 1
        # at the end
        """,
        """\
        # what this file is about
        # about trainspec
        trainspec: 1
        jobs:
          # about train
          train:
            # about the name
            # in two lines
            name: x # at name
            output: s3://b/ # at output
            # at the end of train
          # about other

          other: {name: y}
        # at the end
        """,
    ),
    "the blank lines between sections stay": (
        "jobs:\n  a: {name: x}\n\n\n\n  b: {name: y}\n\ndag: {id: z}\n\ntrainspec: 1\n\n\n",
        "trainspec: 1\n\ndag: {id: z}\n\njobs:\n  a: {name: x}\n\n  b: {name: y}\n",
    ),
    "two blanks a level": (
        (
            "jobs:\n    a:\n        name: x\n        doc: |\n            one\n              two\n\n            three\n"
            "        arguments:\n        -   a\n        -   b: 1\n            c: 2\n        - - d\n          - e\n"
        ),
        (
            "jobs:\n  a:\n    name: x\n    arguments:\n      - a\n      - b: 1\n        c: 2\n      - - d\n"
            "        - e\n    doc: |\n        one\n          two\n\n        three\n"
        ),
    ),
    "a list at its key's column": (
        "jobs:\n  a:\n    vpc:\n      subnets:\n      # one\n      - a # at a\n\n      # two\n      - b\n    name: x\n",
        (
            "jobs:\n  a:\n    name: x\n    vpc:\n      subnets:\n        # one\n        - a # at a\n\n"
            "        # two\n        - b\n"
        ),
    ),
    "maps between brackets": (
        "jobs: {a: {output: \"s3://{b}/\", name: 'it''s'}, b: *c}\n".replace("*c", "{role: r,  name: n}"),
        "jobs: {a: {name: 'it''s', output: \"s3://{b}/\"}, b: {name: n,  role: r}}\n",
    ),
    "over several lines": (
        "jobs:\n  a:\n    resources: {\n      volume_size: 10GB,\n      instance_type: x,\n    }\n    name: x\n",
        "jobs:\n  a:\n    name: x\n    resources: {\n      instance_type: x,\n      volume_size: 10GB,\n    }\n",
    ),
    "a comment between brackets": (
        "jobs:\n  a:\n    resources: {volume_size: 1, # why\n      instance_type: x}\n    name: x\n",
        "jobs:\n  a:\n    name: x\n    resources: {volume_size: 1, # why\n      instance_type: x}\n",
    ),
    "anchors stay before their aliases": (
        "jobs:\n  a:\n    output: &o s3://b/\n    role: *r\n".replace("role: *r", "name: *o"),
        "jobs:\n  a:\n    output: &o s3://b/\n    name: *o\n",
    ),
    "an anchor whose alias stays behind": (
        "jobs:\n  a: &a\n    output: &o s3://b/\n    name: x\n  b:\n    checkpoint: *o\n    <<: *a\n",
        "jobs:\n  a: &a\n    name: x\n    output: &o s3://b/\n  b:\n    <<: *a\n    checkpoint: *o\n",
    ),
    "an anchor that stands twice": (
        "jobs:\n  a:\n    output: &o s3://a/\n    checkpoint: *o\n    name: &o x\n    doc: *o\n",
        "jobs:\n  a:\n    output: &o s3://a/\n    checkpoint: *o\n    name: &o x\n    doc: *o\n",
    ),
    "texts over several lines": (
        (
            "jobs:\n    a:\n        doc: >-\n            folded\n            text\n\n\n"
            '        name: one\n          two\n        role: "three\n          four\\\n          five"\n'
        ),
        (
            'jobs:\n  a:\n    name: one\n      two\n    role: "three\n      four\\\n      five"\n\n'
            "    doc: >-\n        folded\n        text\n"
        ),
    ),
    "blank lines that are text": (
        "jobs:\n  a:\n    doc: |+\n      x\n\n\n    name: y\n",
        "jobs:\n  a:\n    name: y\n    doc: |+\n      x\n\n\n",
    ),
    "an indentation that is written out": (
        "jobs:\n   a:\n      doc: |2\n          x\n      name: y\n",
        "jobs:\n  a:\n    name: y\n    doc: |2\n        x\n",
    ),
    "document markers": (
        "%YAML 1.1\n# top\n---\n# about dag\ndag: {id: x}\ntrainspec: 1\n# end\n...\n# behind\n",
        "%YAML 1.1\n# top\n---\n# about dag\ntrainspec: 1\ndag: {id: x}\n# end\n...\n# behind\n",
    ),
    "an ignore at the top is about what follows": (
        "# top\n# trainspec: ignore[TS530] why\njobs: {a: {name: x}}\ntrainspec: 1\n",
        "# top\ntrainspec: 1\n# trainspec: ignore[TS530] why\njobs: {a: {name: x}}\n",
    ),
    "tabs, blanks and other letters": (
        "jobs:\n  a:\n    output: ü # c\tt \t \n    #\tt\n    name: 日本 \n",
        "jobs:\n  a:\n    #\tt\n    name: 日本\n    output: ü # c\tt\n",
    ),
    "CRLF": ("dag: {id: x}\r\n# c\r\ntrainspec: 1\r\n", "# c\r\ntrainspec: 1\r\ndag: {id: x}\r\n"),
    "no end of the last line": ("dag: {id: x}\ntrainspec: 1", "trainspec: 1\ndag: {id: x}\n"),
    "keys that nobody knows": (
        "jobs:\n  b:\n    zzz: 1\n    name: x\n    aaa: 2\n  a: {name: y}\n",
        "jobs:\n  b:\n    name: x\n    zzz: 1\n    aaa: 2\n  a: {name: y}\n",
    ),
    "the author's own keys": (
        "vars: {b: 1, a: 2}\njobs:\n  a:\n    hyperparameters: {z: 1, a: 2}\n    request: {RoleArn: r, Tags: []}\n",
        "vars: {b: 1, a: 2}\njobs:\n  a:\n    hyperparameters: {z: 1, a: 2}\n    request: {RoleArn: r, Tags: []}\n",
    ),
    "an environment's patch": (
        "environments:\n  prod:\n    jobs:\n      a: {output: o, name: x}\n    dag: {tags: [a], id: x}\n",
        "environments:\n  prod:\n    dag: {id: x, tags: [a]}\n    jobs:\n      a: {name: x, output: o}\n",
    ),
    "keys with a question mark stay": ("jobs:\n   a:\n      ? output\n      : o\n      ? name\n      : x\n",) * 2,
    "an anchor on a line of its own stays": ("jobs:\n   a:\n     &x\n     output: o\n     name: n\n",) * 2,
    "a comment in the first place of an item": (
        "jobs:\n  a:\n    metrics:\n      - regex: r\n        # about the name\n        name: n\n",
    )
    * 2,
    "an item below its dash": (
        "jobs:\n  a:\n    metrics:\n    - # first\n        regex: r\n        name: n\n    -\n        name: m\n",
        "jobs:\n  a:\n    metrics:\n      - # first\n        name: n\n        regex: r\n      -\n        name: m\n",
    ),
    "keys without values": (
        "jobs:\n    a:\n        output:\n        name:\n    b:\n",
        "jobs:\n  a:\n    name:\n    output:\n  b:\n",
    ),
    "quoted keys and templates": (
        "jobs:\n  a:\n    \"output\": \"{{ ds }}\"\n    'name': 'x-{{ ds }}'\n",
        "jobs:\n  a:\n    'name': 'x-{{ ds }}'\n    \"output\": \"{{ ds }}\"\n",
    ),
    "nothing but comments": ("# a\n\n# b",) * 2,
    "nothing": ("",) * 2,
}


@pytest.mark.parametrize("name", CASES)
def test_format(name: str) -> None:
    before, after = (textwrap.dedent(each) if each.startswith(" ") else each for each in CASES[name])
    assert shape(before) == (after, None)
    assert shape(after) == (after, None)


def shape(text: str) -> tuple[str, str | None]:
    made = formatted(Source("specs/x.yaml", text))
    return made.text, made.refusal


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("dag: {id: x}\x85trainspec: 1\n", "line endings"),
        ("dag: {id: x}\rtrainspec: 1\r", "line endings"),
        ("dag:\n  id: a\n  doc: |\n    x", "would have another meaning"),  # a block scalar without a final line break
    ],
)
def test_refused(text: str, why: str) -> None:
    left, refusal = shape(text)
    assert left == text
    assert why in str(refusal)


def test_the_order_of_a_job_names_all_of_its_fields() -> None:
    assert set(LEADING["Job"]) == set(Job.__annotations__)


def test_the_own_specs_are_formatted(trainspec: Run) -> None:
    ran = trainspec("fmt", "--check", str(ROOT / "specs"))
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr


# ---------------------------------------------------------------------- what holds of every text

KEYS = (
    "trainspec",
    "extends",
    "dag",
    "vars",
    "defaults",
    "jobs",
    "name",
    "role",
    "output",
    "resources",
    "tags",
    "doc",
    "x",
)
scalars = st.sampled_from(
    [
        "a",
        '"b # no"',
        "'it''s'",
        "{{ ds }}".join(('"', '"')),
        "|\n@one\n@  two\n",
        ">-\n@folded\n@\n@text\n",
        "[a, b]",
        "{name: 1, doc: 2}",
        "",
        "null",
    ]
)


@st.composite
def blocks(draw: st.DrawFn, column: int = 0, depth: int = 0) -> str:
    """A map of lines, with comments and blank lines anywhere."""
    step = draw(st.sampled_from([2, 2, 3, 4]))
    lines: list[str] = []
    number = 0

    def between() -> None:
        nonlocal number
        for kind in draw(st.lists(st.sampled_from(["", "#", "#", "  #"]), max_size=2)):
            number += 1
            lines.append(" " * column + f"{kind} c{depth}-{number}" if kind else "")

    for key in draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=5, unique=True)):
        between()
        kind = draw(st.sampled_from(["scalar", "scalar", "map", "list"])) if depth < 3 else "scalar"
        tail = draw(st.sampled_from(["", " # at the end", "  #\ttab"]))
        if kind == "map":
            lines += [" " * column + f"{key}:{tail}", draw(blocks(column + step, depth + 1))]
        elif kind == "list":
            lines.append(" " * column + f"{key}:{tail}")
            at = column + draw(st.sampled_from([0, 2, 4]))
            for _ in range(draw(st.integers(1, 3))):
                if draw(st.booleans()):
                    inner = draw(blocks(at + 2, depth + 2))
                    is_plain = inner.lstrip(" ")[:1] not in ("#", "\n", "")
                    lines.append(" " * at + "- " + inner.lstrip(" ") if is_plain else " " * at + "-\n" + inner)
                else:
                    lines.append(" " * at + f"- {draw(st.sampled_from(['a', '[b, c]', '{role: r, name: n}']))}{tail}")
        else:
            value = draw(scalars).replace("@", " " * (column + step)).rstrip("\n")
            lines.append(" " * column + f"{key}: {value}{'' if value.startswith(('|', '>')) else tail}")
    between()
    return "\n".join(lines)


@pytest.mark.slow
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(blocks(), st.sampled_from(["\n", "\r\n"]))
def test_nothing_is_lost(block: str, end: str) -> None:
    text = f"{block}\n".replace("\n", end)
    before, findings = parse(Source("x.yaml", text))
    if findings:
        assert shape(text)[0] == text
        return
    made, refusal = shape(text)
    assert refusal is None
    assert is_same(before, parse(Source("x.yaml", made))[0])
    assert comments(made) == comments(text)
    assert shape(made) == (made, None), "twice is once"
    assert set(re.findall("\r?\n", made)) <= {end}


def test_a_blank_line_below_a_text_at_the_end_of_a_map_stands_above_what_follows() -> None:
    text = "trainspec: 1\n\nvars: {a: b}\ndag:\n  doc: |\n    one\n      two\n"
    made, _ = shape(text)
    assert made == "trainspec: 1\ndag:\n  doc: |\n    one\n      two\n\nvars: {a: b}\n"
    assert shape(made) == (made, None)


def comments(text: str) -> Counter[str]:
    return Counter(found.rstrip() for found in re.findall(r"# (?!no).*|#\t.*", text))


def test_ruamel_finds_all_comments_and_anchors() -> None:
    text = (
        "# top\njobs: # at jobs\n  a: &a # at a\n    # about output\n    output: o # at output\n    name: n\n"
        "  b: {<<: *a}\n# end\n"
    )
    before, after = (loaded(each) for each in (text, shape(text)[0]))
    assert after["jobs"]["a"].anchor.value == before["jobs"]["a"].anchor.value == "a"
    assert list(after["jobs"]["a"]) == ["name", "output"]
    assert dict(before["jobs"]["a"]) == dict(after["jobs"]["a"])
    assert after["jobs"]["a"].ca.items["output"][2].value.startswith("# at output")
    written = StringIO()
    YAML().dump(after, written)
    assert comments(written.getvalue()) == comments(text)


def loaded(text: str) -> Any:
    return YAML().load(text)


# ---------------------------------------------------------------------- the command


def test_files_are_formatted(trainspec: Run, project: Path) -> None:
    spec, other = project / "specs" / "x.yaml", project / "specs" / "y.yaml"
    spec.write_bytes(b"\xef\xbb\xbfdag: {id: x}\r\ntrainspec: 1\r\n")
    spec.chmod(0o600)
    other.write_text("trainspec: 1\n")
    ran = trainspec("fmt")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert ran.stderr == "Formatted specs/x.yaml\n1 file formatted, 1 file left as it is.\n"
    assert spec.read_bytes() == b"\xef\xbb\xbftrainspec: 1\r\ndag: {id: x}\r\n"
    assert spec.stat().st_mode & 0o777 == 0o600
    again = trainspec("fmt")
    assert (again.returncode, again.stderr) == (0, "2 files left as they are.\n")


def test_check_and_diff_write_nothing(trainspec: Run, project: Path) -> None:
    spec = project / "specs" / "x.yaml"
    spec.write_text("dag: {id: x}\ntrainspec: 1\n")
    checked = trainspec("fmt", "--check")
    assert (checked.returncode, checked.stdout) == (1, "")
    assert checked.stderr == "Would format specs/x.yaml\n1 file would be formatted, 0 files left as they are.\n"
    shown = trainspec("fmt", "--diff")
    assert shown.returncode == 1
    assert shown.stdout == (
        "--- a/specs/x.yaml\n+++ b/specs/x.yaml\n@@ -1,2 +1,2 @@\n+trainspec: 1\n dag: {id: x}\n-trainspec: 1\n"
    )
    assert spec.read_text() == "dag: {id: x}\ntrainspec: 1\n"


def test_a_diff_shows_no_secret(trainspec: Run, project: Path) -> None:
    secret = "hunter2-and-more"  # noqa: S105  # not a real one
    (project / "specs" / "x.yaml").write_text(f"dag: {{id: x}}\nvars: {{db_password: {secret}}}\ntrainspec: 1\n")
    ran = trainspec("fmt", "--diff")
    assert "db_password: ****" in ran.stdout
    assert secret not in ran.stdout + ran.stderr


def test_a_file_that_is_no_yaml_is_told_and_left(trainspec: Run, project: Path) -> None:
    (project / "specs" / "x.yaml").write_text("dag: {id: x\ntrainspec: 1\n")
    (project / "specs" / "y.yaml").write_text("dag: {id: y}\ntrainspec: 1\n")
    ran = trainspec("fmt")
    assert ran.returncode == 1
    assert "error[TS002]" in ran.stderr
    assert (project / "specs" / "x.yaml").read_text() == "dag: {id: x\ntrainspec: 1\n"
    assert (project / "specs" / "y.yaml").read_text() == "trainspec: 1\ndag: {id: y}\n"


def test_standard_input(trainspec: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def ran(content: bytes, *options: str) -> tuple[int, bytes, str]:
        out = io.BytesIO()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        from trainspec.cli import main

        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, write_through=True))
        monkeypatch.setattr(sys, "stderr", errors := StringIO())
        return main(["fmt", "-", *options]), out.getvalue(), errors.getvalue()

    assert ran(b"dag: {id: x}\ntrainspec: 1\n") == (0, b"trainspec: 1\ndag: {id: x}\n", "")
    assert ran(b"dag: {id: x}\ntrainspec: 1\n", "--check") == (1, b"", "")
    code, out, errors = ran(b"dag: {id: x\n")
    assert (code, out) == (1, b"dag: {id: x\n")
    assert "<stdin>:" in errors
    assert ran(b"\xff\xfe")[:2] == (1, b"")


def test_wrong_use(trainspec: Run, project: Path) -> None:
    assert trainspec("fmt", "nowhere.yaml").returncode == 2
    assert trainspec("fmt", "-", "specs").returncode == 2
