"""`lint --fix`: what it fixes, character for character, and what it leaves alone."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from trainspec.diagnostics import the_one
from trainspec.editing.apply_fixes import Checked, apply_fixes
from trainspec.pipeline import Options, analyse
from trainspec.reference.fixable import fixable_codes
from trainspec.text.source import Source
from trainspec.units import DURATION_PATTERN, duration_meant, size_meant

from helpers import Run, tried

JOB = """\
trainspec: 1
jobs:
  train:
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""

WRITTEN = [
    ("    output:", "    ouptut:"),
    ("    output:", "    OutputDataConfig:"),
    ("    output:", '    "outputt":', '    "output":'),
    (
        "    stopping: {max_runtime: 30m}",
        "    stopping: {MaxRuntimeInSeconds: 1800}",
        "    stopping: {max_runtime: 1800}",
    ),
    ("    role:", "    RoleArn:"),
    ("    role:", "    &r role_arn:", "    &r role:"),
    ("s3://my-bucket", "S3://my-bucket"),
    ("s3://my-bucket/models/", '"S3://my-bucket/models/" # ours', '"s3://my-bucket/models/" # ours'),
    ("s3://my-bucket/models/", "'S3://it''s/'", "'s3://it''s/'"),
    ("s3://my-bucket/models/", "&out S3://my-bucket/models/", "&out s3://my-bucket/models/"),
    ("s3://my-bucket/models/", "https://my-bucket.s3.us-west-2.amazonaws.com/models/"),
    ("ml.m5.large", "m5.large"),
    ("ml.m5.large", "ml.m5.lrage"),
    ("10GB", "10gb"),
    ("10GB", "10 GiB"),
    ("10GB", '"10 G"', '"10GB"'),
    ("30m", "30min"),
    ("30m", "0.5h"),
    ("30m", '"PT30M"', '"30m"'),
    ("instance_count: 1", 'instance_count: "1"'),
    ("instance_count: 1", "instance_count: 1.0"),
    ("    stopping:", "    spot: yes\n    stopping:", "    spot: true\n    stopping:"),
    ("    stopping:", "    region: us_east_1\n    stopping:", "    region: us-east-1\n    stopping:"),
    ("    stopping:", '    account: "1234-5678-9012"\n    stopping:', '    account: "123456789012"\n    stopping:'),
    ("    stopping:", "    input_mode: file\n    stopping:", "    input_mode: File\n    stopping:"),
    ("    stopping:", "    tags: [{Key: a, Value: b}]\n    stopping:", "    tags: {a: b}\n    stopping:"),
    (
        "    stopping:",
        "    tags:\n    - Key: a # one\n      Value: b\n    # two\n    - Key: c\n      Value: d\n    stopping:",
        None,
    ),
    (
        "    stopping:",
        '    tags:\n    - Key: a\n      Value: b # one\n    # two\n    - {Key: "c", Value: 1}\n    stopping:',
        '    tags:\n      a: b # one\n    # two\n      "c": 1\n    stopping:',
    ),
    (
        "    stopping:",
        "    environment:\n      - name: A\n        value: b\n    stopping:",
        "    environment:\n      A: b\n    stopping:",
    ),
    ("    stopping:", '    hyperparameters: {"a ": 1}\n    stopping:', '    hyperparameters: {"a": 1}\n    stopping:'),
    (
        "    stopping:",
        "    request: {Hyperparameter: {a: b}}\n    stopping:",
        "    request: {HyperParameters: {a: b}}\n    stopping:",
    ),
    ("trainspec: 1\n", 'trainspec: "1"\n'),
    (
        "trainspec: 1\n",
        "trainspec: 1\ndag: {schedule_interval: daily, start_date: 2025-04-01}\n",
        'trainspec: 1\ndag: {schedule: "@daily", start_date: 2025-04-01}\n',
    ),
    ("trainspec: 1\n", "trainspec: 1\ndag: {concurrency: 3}\n", "trainspec: 1\ndag: {max_active_tasks: 3}\n"),
    (
        "trainspec: 1\n",
        "trainspec: 1\ndag: {schedule: 6 hours, start_date: 2025-04-01}\n",
        "trainspec: 1\ndag: {schedule: 6h, start_date: 2025-04-01}\n",
    ),
    ("name: job-{{ ts_nodash }}", "name: {{ ts_nodash }} # c", 'name: "{{ ts_nodash }}" # c'),
    (
        "name: job-{{ ts_nodash }}",
        "name: job-{{ ts_nodash }} # trainspec: ignore[TS530] why",
        "name: job-{{ ts_nodash }}",
    ),
    (
        "name: job-{{ ts_nodash }}",
        "name: job # trainspec: ignore[TS530, TS531]",
        "name: job # trainspec: ignore[TS530]",
    ),
    ("name: job-{{ ts_nodash }}", "name: job # trainspec: ingore[TS530] so", "name: job # trainspec: ignore[TS530] so"),
    ("    name: job", "    # trainspec: ignore[TS550]\n    name: job", "    name: job"),
    ("trainspec: 1\n", "trainspec: 1\nvars: {data: S3://x/y}\n", "trainspec: 1\nvars: {data: S3://x/y}\n"),
    (
        "s3://my-bucket/models/",
        "S3://${vars.b}/x/\nvars: {b: my-bucket}",
        "s3://${vars.b}/x/\nvars: {b: my-bucket}",
    ),
    (
        "s3://my-bucket/models/",
        "${vars.out}\nvars: {out: S3://my-bucket/}",
        "${vars.out}\nvars: {out: s3://my-bucket/}",
    ),
    (
        "s3://my-bucket/models/",
        "${vars.ouput}/x\nvars: {output: s3://my-bucket}",
        "${vars.output}/x\nvars: {output: s3://my-bucket}",
    ),
]
"""What is in the job, what is written instead, and what that becomes: the original, if not given.

None if it is left as it is: an edit would have removed a comment.
"""


@pytest.mark.parametrize("row", WRITTEN, ids=lambda row: row[1].strip().replace("\n", "⏎"))
def test_fixed(row: tuple[str, ...], trainspec: Run, project: Path) -> None:
    place, written, expected = (*row, row[0])[:3]
    text = _moved(JOB, place, written)
    wanted = text if expected is None else _moved(JOB, place, expected)
    spec = project / "specs" / "x.yaml"
    for mark, ends in ((b"", "\n"), (b"\xef\xbb\xbf", "\r\n")):
        spec.write_bytes(mark + text.replace("\n", ends).encode())
        trainspec("lint", "--fix", "--select", "TS0,TS1,TS2,TS3,TS4,TS6,TS55")
        assert spec.read_bytes() == mark + wanted.replace("\n", ends).encode()


@pytest.mark.parametrize("row", WRITTEN, ids=lambda row: row[1].strip().replace("\n", "⏎"))
def test_what_is_fixed_is_listed(row: tuple[str, ...]) -> None:
    found = analyse(Source("x.yaml", _moved(JOB, row[0], row[1])), Options()).findings
    assert {each.code.id for each in found if each.fix} <= fixable_codes()


def _moved(text: str, place: str, written: str) -> str:
    """`text` with `written` at `place`; any unindented text after a line break in it goes to the end."""
    assert place in text
    inner, split, outer = written.partition("\nvars:")
    return text.replace(place, inner, 1) + (f"vars:{outer}\n" if split else "")


@pytest.mark.parametrize(
    "written",
    [
        "resources: {instance_type: ml.m5.large, instance_typ: ml.m5.large}",  # the right key is there, too
        "resources: {instance_typ: ml.m5.large, instance_tpe: ml.m5.large}",
        "resources: {instance_type: ml.g5.3xlarge}",  # there are 2, 4, 8, 12, …
        "resources: {instance_type: ml.m6.large}",
        "stopping: {max_runtime: 30M}",  # minutes, or months
        "stopping: {max_runtime: soon}",
        "tags: [{Key: a, Value: b}, {Key: a, Value: c}]",
        "tags: [{Key: a, Value: {b: c}}]",
        "output: https://example.com/models/",
        "output: s3://my-bucket//models/",  # another place
        "framework: {name: pytroch, version: x, nme: 1}",
        "operator: {max_attempts: many}",
    ],
)
def test_left_alone(written: str, trainspec: Run, project: Path) -> None:
    spec = project / "specs" / "x.yaml"
    kept = [line for line in JOB.splitlines() if not line.startswith(f"    {written.split(':')[0]}:")]
    text = "\n".join([*kept, f"    {written}"]) + "\n"
    spec.write_text(text)
    ran = trainspec("lint", "--fix")
    assert spec.read_text().replace("name: 1", "nme: 1") == text
    assert ran.returncode == 0 or "error[" in ran.stdout
    assert any(f"{severity}[" in ran.stdout for severity in ("error", "warning", "note"))


def test_what_is_left_is_told(trainspec: Run, project: Path) -> None:
    (project / "specs" / "x.yaml").write_text(JOB.replace("output:", "outptu:").replace("ml.m5.large", "ml.m5.lagre"))
    (project / "specs" / "y.yaml").write_text(JOB.replace("output: s3", "output: S3").replace("role/", "rolle/"))
    ran = trainspec("lint", "--fix")
    assert ran.returncode == 1
    assert ran.stderr == "Fixed 3 findings in 2 files.\n"
    assert "error[TS405]: `jobs.train.role`" in ran.stdout
    assert "[*]" not in ran.stdout
    assert "Found 1 error." in ran.stdout
    again = trainspec("lint", "--fix")
    assert (again.returncode, again.stdout, again.stderr) == (1, ran.stdout, "")


def test_nothing_left_is_fine(trainspec: Run, project: Path) -> None:
    (project / "specs" / "x.yaml").write_text(JOB.replace("output:", "outptu:"))
    ran = trainspec("lint", "--fix")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert ran.stderr == "Fixed 1 finding in 1 file.\n1 file checked, nothing found.\n"


def test_diff_writes_nothing(trainspec: Run, project: Path) -> None:
    spec = project / "specs" / "x.yaml"
    spec.write_text(JOB.replace("output:", "outptu:"))
    before = spec.read_bytes()
    ran = trainspec("lint", "--diff")
    assert spec.read_bytes() == before
    assert ran.returncode == 1
    assert ran.stdout.startswith("--- a/specs/x.yaml\n+++ b/specs/x.yaml\n@@ ")
    assert "\n-    outptu: s3://my-bucket/models/\n+    output: s3://my-bucket/models/\n" in ran.stdout
    assert ran.stderr == "Would fix 1 finding in 1 file.\n"
    assert trainspec("lint", "--diff", "--fix").returncode == 2


def test_a_base_is_fixed_where_it_is_written(trainspec: Run, project: Path) -> None:
    (project / "base.yaml").write_text("defaults:\n  rolle: arn:aws:iam::123456789012:role/MyRole # ours\n")
    text = JOB.replace("    role: arn:aws:iam::123456789012:role/MyRole\n", "")
    (project / "specs" / "x.yaml").write_text(f"extends: ../base.yaml\n{text}")
    ran = trainspec("lint", "--fix")
    assert ran.returncode == 0, ran.stdout
    assert (project / "base.yaml").read_text() == "defaults:\n  role: arn:aws:iam::123456789012:role/MyRole # ours\n"
    assert (project / "specs" / "x.yaml").read_text() == f"extends: ../base.yaml\n{text}"


def test_what_defaults_say_is_no_reason_to_leave_a_key(trainspec: Run, project: Path) -> None:
    spec = project / "specs" / "x.yaml"
    spec.write_text(
        f"defaults: {{resources: {{instance_type: ml.m5.large}}}}\n{JOB}".replace(
            "{instance_type: ml.m5.large, i", "{instance_tpye: ml.m5.xlarge, i"
        )
    )
    assert trainspec("lint", "--fix").returncode == 0
    assert "resources: {instance_type: ml.m5.xlarge, instance_count" in spec.read_text()


def test_an_anchored_value_is_fixed_once(trainspec: Run, project: Path) -> None:
    spec = project / "specs" / "x.yaml"
    text = JOB.replace("    resources: {", "    resources: &m {") + JOB.partition("jobs:\n")[2].replace(
        "  train:", "  other:"
    )
    one, two = text.rsplit("    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}\n", 1)
    text = f"{one}    resources: *m # the same\n{two}"
    spec.write_text(text.replace("volume_size", "volumesize"))
    ran = trainspec("lint", "--fix")
    assert ran.stderr.startswith("Fixed 1 finding in 1 file.")
    assert spec.read_text() == text


def test_an_unused_ignore_stays_where_there_are_environments(trainspec: Run, project: Path) -> None:
    spec = project / "specs" / "x.yaml"
    text = (
        JOB.replace("models/\n", "models/ # trainspec: ignore[TS550]\n") + "environments: {prod: {dag: {tags: [a]}}}\n"
    )
    spec.write_text(text)
    assert "TS009" in trainspec("lint", "--fix").stdout
    assert spec.read_text() == text


def test_the_mode_stays(trainspec: Run, project: Path) -> None:
    spec = project / "specs" / "x.yaml"
    spec.write_text(JOB.replace("output:", "outptu:"))
    spec.chmod(0o640)
    trainspec("lint", "--fix")
    assert stat.S_IMODE(spec.stat().st_mode) == 0o640
    assert [each.name for each in (project / "specs").iterdir()] == ["x.yaml"]


def test_links(trainspec: Run, project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A link inside the project is followed, but none that leads out of it, not even through a folder."""
    faulty = JOB.replace("output:", "outptu:")
    (project / "real.yaml").write_text(faulty)
    (project / "specs" / "x.yaml").symlink_to("../real.yaml")
    assert trainspec("lint", "--fix").returncode == 0
    assert (project / "real.yaml").read_text() == JOB
    assert (project / "specs" / "x.yaml").is_symlink()
    outside = tmp_path_factory.mktemp("outside")
    (outside / "y.yaml").write_text(faulty)
    (project / "away").symlink_to(outside)
    ran = trainspec("lint", "--fix", "away/y.yaml")
    assert ran.returncode == 1
    assert "away/y.yaml is a link that leaves the project" in ran.stdout
    assert (outside / "y.yaml").read_text() == faulty


def test_a_file_that_cannot_be_written(trainspec: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = project / "specs" / "x.yaml"
    spec.write_text(JOB.replace("output:", "outptu:"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "specs/.trainspec-new")

    monkeypatch.setattr("trainspec.disk.writing.Folder.create", full)
    ran = trainspec("lint", "--fix")
    assert ran.returncode == 2
    assert "cannot write specs/.trainspec-new: No space left on device" in ran.stderr
    assert "outptu" in spec.read_text()


SLIPS = st.sampled_from(["drop", "double", "swap", "case"])


def slipped(word: str, slip: str, at: int) -> str:
    at %= len(word)
    match slip:
        case "drop":
            return word[:at] + word[at + 1 :]
        case "double":
            return word[:at] + word[at] + word[at:]
        case "swap":
            return word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
        case _:
            return word[:at] + word[at].upper() + word[at + 1 :]


@tried(60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "name",
                    "output",
                    "resources",
                    "instance_type",
                    "stopping",
                    "max_runtime",
                    "30m",
                    "large",
                    "s3",
                    "role",
                    "jobs",
                ]
            ),
            SLIPS,
            st.integers(0, 20),
            st.sampled_from(["", " # a comment"]),
        ),
        max_size=4,
    )
)
def test_twice_is_once_and_comments_stay(slips: list[tuple[str, str, int, str]]) -> None:
    text = JOB
    for word, slip, at, comment in slips:
        found = text.find(word)
        if found >= 0:
            end = text.index("\n", found)
            text = text[:found] + slipped(word, slip, at) + text[found + len(word) : end] + comment + text[end:]
    once = fixed(text)
    assert fixed(once) == once
    assert once.count(" # a comment") == text.count(" # a comment")


def fixed(text: str) -> str:
    def check(texts: Mapping[str, Source]) -> Checked:
        source = texts.get("specs/x.yaml", Source("specs/x.yaml", text))
        return Checked(analyse(source, Options()).findings, {source.name: source})

    made = apply_fixes(check).new
    return made["specs/x.yaml"].text if made else text


def test_ruamel_finds_its_comments_and_anchors() -> None:
    text = (
        "# top\ntrainspec: 1\ndefaults: &d # ours\n  rolle: arn:aws:iam::123456789012:role/MyRole\n"
        "jobs:\n  # first\n  train:\n    <<: *d\n    nme: x # its name\n    ouput: S3://my-bucket/ # there\n# end\n"
    )
    written = fixed(text)
    before, after = (YAML().load(each) for each in (text, written))
    assert after["defaults"].anchor.value == before["defaults"].anchor.value == "d"
    assert after["jobs"]["train"].merge is not None
    assert set(after["jobs"]["train"]) == {"name", "output", "role"}
    assert comments(after) == comments(before)
    assert [line.partition("#")[2] for line in written.splitlines()] == [
        line.partition("#")[2] for line in text.splitlines()
    ]


def comments(document: Any) -> list[str]:
    """What ruamel knows about comments, in order."""
    written = StringIO()
    YAML().dump(document, written)
    return re.findall("#.*", written.getvalue())


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("MaxRuntime", ["max_runtime", "max_wait"], "max_runtime"),
        ("max-wait", ["max_runtime", "max_wait"], "max_wait"),
        ("nme", ["name", "role"], "name"),
        ("nm", ["name", "role"], None),
        ("m5.large", ["ml.m5.large", "ml.r5.large"], "ml.m5.large"),
        ("ml.m5.lrage", ["ml.m5.large", "ml.m5.xlarge"], "ml.m5.large"),
        ("ml.m6.large", ["ml.m5.large"], None),
        ("ml.p3.24xlarge", ["ml.p4d.24xlarge", "ml.p3.2xlarge", "ml.p3.16xlarge"], None),
        ("gpu1", ["gpu2"], None),
        ("train_1", ["train_2"], None),
        ("vars.dta", ["vars.data", "dag.id"], "vars.data"),
        ("matrix.b", ["matrix.a"], None),
        ("data", ["vars.data", "dag.id"], "vars.data"),
        ("heat", ["head", "neat"], None),
        ("name", ["name"], None),
        ("nothing", ["at_all"], None),
        ("", ["a"], None),
        ("x" * 1000, ["x" * 999], None),
    ],
)
def test_the_one(word: str, known: list[str], expected: str | None) -> None:
    assert the_one(word, known) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1hr", "1h"), ("30 min", "30m"), ("90 sec", "90s"), ("90 seconds", "90s"), ("1.5h", "1h30m"),
        ("1 hour 30 minutes", "1h30m"), ("2 days, 3 hours", "2d3h"), ("PT1H30M", "1h30m"), ("P1D", "1d"), ("1w", "7d"),
        ("1H", "1h"), ("90S", "90s"), ("30M", None), ("soon", None), ("", None), ("P", None), ("PT", None), ("1", None),
        ("1 2h", None), ("0 min", None), ("-1h", None), ("1mo", None), ("0.1s", None), ("9999999999h", None),
        ("1h\n", None), ("1h30", None),
    ],
)  # fmt: skip
def test_durations(text: str, expected: str | None) -> None:
    assert duration_meant(text) == expected
    assert expected is None or re.search(DURATION_PATTERN, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10gb", "10GB"),
        ("10 GiB", "10GB"),
        ("1t", "1TB"),
        ("10G", "10GB"),
        ("10MB", None),
        ("ten", None),
        ("1.5TB", None),
    ],
)
def test_sizes(text: str, expected: str | None) -> None:
    assert size_meant(text) == expected


def test_other_commands_do_not_bring_it_along(project: Path) -> None:
    (project / "specs" / "x.yaml").write_text(JOB)
    code = (
        "import sys; from trainspec.cli import main; main(['lint']); "
        "sys.exit(any('editing' in name or name == 'trainspec.text.spelling' for name in sys.modules))"
    )
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **paths}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
