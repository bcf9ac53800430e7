"""Files that nobody writes by mistake: each gives a few clear findings, soon, in little memory, and no output file.

`python tests/test_hostile.py` prints the time and memory of each case, for a process that runs `lint`, then `compile`.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpers import sampled

JOB = """\
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""
JOBS = "jobs:\n  train:\n" + JOB
GOOD = "trainspec: 1\n" + JOBS
Build = str | bytes | Callable[[Path], None]

SECONDS, SLACK = 1.0, 5
"""What a command may take of the processor in a process of its own, and how much more on another model of processor."""
MEGABYTES = 300
CHARACTERS, LONGEST_LINE = 200_000, 1_500
"""No flood of findings, and no string of the spec that is shown completely whatever its length."""
LONG = "x1" * 30_000


def env(*texts: str) -> str:
    """A good spec with these strings as a job's environment, each in double quotes."""
    return GOOD + "    environment:\n" + "".join(f'      e{i}: "{text}"\n' for i, text in enumerate(texts))


def dag(text: str) -> str:
    return GOOD + f"dag: {{start_date: 2025-04-01, {text}}}\n"


def job(field: str, text: str) -> str:
    """A good spec with another value of the job's field."""
    lines = JOB.splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(f"    {field}:")]
    return "trainspec: 1\njobs:\n  train:\n" + "".join(kept) + f"    {field}: {text}\n"


def variables(first: str, following: str, count: int, used: str) -> str:
    """Variables v0, v1, …, each made of the previous one (`@`), and a use of the last one."""
    rest = "".join(f"  v{i}: {following.replace('@', f'${{vars.v{i - 1}}}')}\n" for i in range(1, count))
    return f"trainspec: 1\nvars:\n  v0: {first}\n{rest}" + JOBS + used.replace("@", f"${{vars.v{count - 1}}}")


def laughs(levels: int, prefix: str = "") -> str:
    lines = [f"{prefix}a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"]
    lines += [f"{prefix}a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, levels)]
    return "".join(lines)


def at(name: str, content: str | bytes = GOOD) -> Callable[[Path], None]:
    """A file of this name among the specs."""

    def build(project: Path) -> None:
        path = os.fsencode(project / "specs") + b"/" + os.fsencode(name)
        with open(path, "wb") as file:  # noqa: PTH123  # pathlib takes no bytes
            file.write(content if isinstance(content, bytes) else content.encode())

    return build


def settings(text: str | bytes, name: str = "trainspec.toml") -> Callable[[Path], None]:
    def build(project: Path) -> None:
        at("x.yaml")(project)
        (project / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    return build


NESTED = "[tool.trainspec]\nx = " + "[" * 100_000


def link(target: str, name: str = "x.yaml") -> Callable[[Path], None]:
    return lambda project: (project / "specs" / name).symlink_to(target)


def special(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def build(project: Path) -> None:
        make(project / "specs" / "x.yaml")

    return build


def extending(target: str | None) -> Callable[[Path], None]:
    """A spec that extends a link to the target, or a pipe."""

    def build(project: Path) -> None:
        at("x.yaml", "extends: ../base.yaml\n" + GOOD)(project)
        if target is None:
            os.mkfifo(project / "base.yaml")
        else:
            (project / "base.yaml").symlink_to(target)

    return build


def chain(count: int) -> Callable[[Path], None]:
    def build(project: Path) -> None:
        for number in range(count):
            (project / f"f{number}.yaml").write_text(f"extends: f{number + 1}.yaml\n")
        (project / f"f{count}.yaml").write_text("defaults: {nonsense: 1}\n")
        at("x.yaml", "extends: ../f0.yaml\n" + GOOD)(project)

    return build


def doubling(count: int) -> Callable[[Path], None]:
    """Files that each extend the next one twice, by two names."""

    def build(project: Path) -> None:
        for number in range(count):
            text = f"extends: [a{number + 1}.yaml, b{number + 1}.yaml]\n"
            (project / f"a{number}.yaml").write_text(text)
            (project / f"b{number}.yaml").write_text(text)
        for name in "ab":
            (project / f"{name}{count}.yaml").write_text("defaults: {nonsense: 1}\n")
        at("x.yaml", "extends: ../a0.yaml\n" + GOOD)(project)

    return build


def matrix(dimensions: int, values: int) -> str:
    row = "[" + ", ".join(map(str, range(values))) + "]"
    return "{" + ", ".join(f"d{number}: {row}" for number in range(dimensions)) + "}\n"


def generated_by_nobody(project: Path) -> None:
    """An output folder full of traps for the comparison."""
    at("x.yaml")(project)
    output = project / "generated_dags"
    output.mkdir()
    os.mkfifo(output / "pipe.py")
    (output / "x.py").symlink_to("/dev/zero")


def many(pattern: str, count: int, prefix: str = "") -> str:
    """`count` lines, `#` being the number."""
    return prefix + "".join(pattern.replace("#", str(i)) + "\n" for i in range(count))


BAD: dict[str, tuple[Build, str]] = {
    # ------------------------------------------------------------------ files
    "100 MB in one text": (b"a: " + b"x" * 100_000_000, "TS001"),
    "100 MB of lines": (b"a: x\n" * 20_000_000, "TS001"),
    "1 MB in one text": (GOOD + "    doc: " + "x" * 1_000_000, "TS006"),
    "NUL byte": (GOOD + "    doc: a\0b\n", "TS001"),
    "UTF-16": (GOOD.encode("utf-16"), "TS001"),
    "UTF-16 without a mark": (GOOD.encode("utf-16-le"), "TS001"),
    "UTF-32": (GOOD.encode("utf-32"), "TS001"),
    "Latin-1": (GOOD.encode() + b"    doc: caf\xe9\n", "TS001"),
    "overlong UTF-8": (b"a: \xc0\xaf\n", "TS001"),
    "surrogates in UTF-8": (b"a: \xed\xa0\x80\n", "TS001"),
    "tabs": (GOOD.replace("    image", "\timage"), "TS002"),
    "two documents": (GOOD + "---\n" + GOOD, "TS008"),
    "100,000 documents": ("---\n" * 100_000, "TS008"),
    "no map": ("- a\n" * 1000, "TS008"),
    "a folder named x.yaml": (special(Path.mkdir), "there are no specs in"),
    "a pipe": (special(os.mkfifo), "TS001"),
    "a link to an endless device": (link("/dev/zero"), "TS001"),
    "a link to itself": (link("x.yaml"), "TS001"),
    "a link out of the project": (link("/etc/passwd"), "TS001"),
    "a link to nothing": (link("nowhere"), "TS001"),
    "a file name with a newline": (at("a\nb.yaml"), "TS001"),
    "a file name with escape codes": (at("a\x1b[31mb.yaml"), "TS001"),
    "a file name that is no UTF-8": (at("a\udcffb.yaml"), "TS001"),
    "a file name that makes no DAG id": (at("a b.yaml"), "TS105"),
    # ------------------------------------------------------------------ YAML
    "billion laughs": (laughs(30), "TS006"),
    "laughs in variables": ("trainspec: 1\nvars:\n" + laughs(4, "  ") + many("  b#: *a3", 300) + JOBS, "TS006"),
    "an anchor in itself": ("a: &a [*a]\n", "TS005"),
    "anchors in each other": ("a: &a {b: &b [*a, *b]}\n", "TS005"),
    "200,000 unknown aliases": ("b: [" + "*a," * 200_000 + "]\n", "TS005"),
    "deep flow lists": ("a: " + "[" * 10_000 + "]" * 10_000, "TS006"),
    "deep flow maps": ("a: " + "{a: " * 10_000 + "}" * 10_000, "TS006"),
    "deep block maps": ("".join(f"{' ' * i}a:\n" for i in range(1400)), "TS006"),
    "deep block lists": ("- " * 10_000 + "a", "TS006"),
    "deep keys": ("? " * 10_000 + "a", "TS004"),
    "open brackets": ("[" * 100_000, "TS006"),
    "a key of 1 MB": (GOOD + "    " + "k" * 1_000_000 + ": 1\n", "TS002"),
    "a quoted key of 900 KB": (GOOD + '    ? "' + "k" * 900_000 + '"\n    : 1\n', "TS006"),
    "a key of 900 characters": (GOOD + "    " + "k" * 900 + ": 1\n", "TS101"),
    "60,000 equal keys": (GOOD + "    image: x\n" * 60_000, "TS003"),
    "100,000 keys": (many("k#: 1", 90_000, "trainspec: 1\n"), "TS006"),
    "45,000 keys in a job": (GOOD + many("    k#: 1", 45_000), "TS006"),
    "900 unknown keys in a job": (GOOD + many("    k#: 1", 900), "TS101"),
    "100,000 jobs": (many("  j#: {}", 100_000, "trainspec: 1\njobs:\n"), "TS001"),
    "49,000 jobs": (many("  j#: {}", 49_000, "trainspec: 1\njobs:\n"), "TS006"),
    "5,000 jobs by alias": ("trainspec: 1\njobs:\n  j: &j\n" + JOB + many("  j#: *j", 5_000), "TS006"),
    "defaults times jobs": (
        many("    e#: x", 900, "trainspec: 1\ndefaults:\n  environment:\n") + many("  j#: {}", 900, "jobs:\n"),
        "TS006",
    ),
    "merge keys in a chain": (
        "trainspec: 1\nvars:\n  a0: &a0 {x: 1}\n"
        + "".join(f"  a{i}: &a{i} {{y{i}: *a{i - 1}, <<: *a{i - 1}}}\n" for i in range(1, 900)),
        "TS006",
    ),
    "merge keys in lists": (
        "trainspec: 1\nvars:\n  b: &b {" + ", ".join(f"k{i}: 1" for i in range(900)) + "}\n"
        + many("  m#: {<<: [" + "*b," * 300 + "]}", 900),
        "TS006",
    ),
    "20,000 merge keys of nothing": (GOOD + "    <<: 1\n" * 20_000, "TS005"),
    "30,000 lists as keys": ("trainspec: 1\n" + "? [a]\n: b\n" * 30_000, "TS004"),
    "a tag that runs code": ("a: !!python/object/apply:os.system ['touch pwned']\n" + GOOD, "TS007"),
    "a tag of 60,000 characters": ("!" * 60_000, "TS007"),
    "90,000 tags": (GOOD + "    arguments: [" + "!x y," * 90_000 + "]\n", "TS007"),
    "escaped surrogates": (GOOD + '    doc: "a\\ud800b"\n', "TS00"),
    # ------------------------------------------------------------------ names
    "dag.id that climbs": (dag("id: ../../x"), "TS105"),
    "dag.id that is absolute": (dag("id: /etc/cron.d/x"), "TS105"),
    "dag.id of 300": (dag("id: " + "a" * 300), "TS105"),
    "dag.id with quotes": (dag("""id: "a'b\\"c" """), "TS105"),
    "dag.id with a newline": (dag('id: "a\\nb"'), "TS105"),
    "dag.id with a newline at its end": (dag('id: "a\\n"'), "TS105"),
    "dag.id with NUL": (dag('id: "a\\0b"'), "TS105"),
    "dag.id with look-alikes": (dag("id: \u0430dmin"), "TS105"),
    "dag.id that turns text round": (dag('id: "\\u202eabc"'), "TS105"),
    "dag.id of dots": (dag("id: .."), "TS105"),
    "task that climbs": (GOOD.replace("  train:", "  ../../x:"), "TS105"),
    "task with a newline": (GOOD.replace("  train:", '  "a\\nb":'), "TS105"),
    "task with quotes": (GOOD.replace("  train:", """  "a'b\\"c":"""), "TS105"),
    "task of 300": (GOOD.replace("  train:", f"  {'a' * 300}:"), "TS105"),
    # ------------------------------------------------------------------ values
    "integer of 100,000 digits": (GOOD.replace("count: 1", "count: " + "9" * 60_000), "TS103"),
    "hexadecimal of 3,999 digits": (GOOD.replace("count: 1", "count: 0x" + "f" * 3_999), "TS103"),
    "float beyond floats": (GOOD.replace("count: 1", "count: 1e400"), "TS103"),
    "infinite and not a number": (GOOD + "    retries: .inf\n    pool_slots: .nan\n", "TS103"),
    "cron of 300,000": (dag("schedule: '" + "*/1," * 15_000 + " * * * *'"), "TS603"),
    "cron range": (dag("schedule: 0-99999999 * * * *"), "TS603"),
    "cron number": (dag("schedule: " + "9" * 5_000 + " * * * *"), "TS603"),
    "start_date": (dag("end_date: '" + "2025-" * 10_000 + "'"), "TS604"),
    "time zone that climbs": (dag("timezone: ../../etc/passwd"), "TS604"),
    "time zone of 5,000": (dag("timezone: " + "a" * 5_000), "TS604"),
    "60,000 of entrypoint": (GOOD + "    entrypoint: '\"" + "a " * 30_000 + "'\n", "TS105"),
    **{
        f"60,000 of {field}: {text[:12]}": (job(field, (text * 60_000)[:60_000]), "error[")
        for field in ("name", "image", "role", "output")
        for text in ("a", "a-", "a/", "s3://a/", "arn:aws:iam::123456789012:role/a/")
    },
    "60,000 of everything": (
        GOOD
        + f"    environment: {{a: {'A1b2' * 15_000}, {'p' * 600}: b, password: {'AKIA' * 15_000}}}\n"
        + f"    tags: {{a: {'a=' * 30_000}}}\n"
        + f"    vpc: {{subnets: [{'a-' * 30_000}], security_groups: [{'sg-' * 9_000}]}}\n"
        + f"    metrics: {{a: '(a+)+$', b: {'(a' * 30_000}, c: '{'a{1,99999}' * 6_000}'}}\n"
        + f"    inputs: {{a: {'s3://a/' * 8_000}}}\n",
        "error[",
    ),
    "60,000 of durations": (job("stopping", "{max_runtime: " + "1h1m" * 15_000 + "}"), "TS105"),
    "60,000 of framework": (job("image", "x").replace("image: x", f"framework: {{name: {'py' * 30_000}}}"), "error["),
    **{
        f"{text[:24]} and 60,000": (GOOD + f"    {text}\n", "error[")
        for text in (
            f"depends_on: {LONG}", f"depends_on: [{LONG}]", f"input_mode: {LONG}", f"region: {LONG}",
            f"trigger_rule: {LONG}", f"request: {{{'P' * 900}: {LONG}}}",
            f"request: {LONG}", f"debugger: {LONG}", f"doc: '${{vars.{LONG}}}'", f"doc: '${{{LONG}}}'",
            f"environment: {{a: '{{{{ {LONG} }}}}'}}",
            f"environment: {{b: '{{{{ ds | {LONG} }}}}'}}", f"environment: {{c: '{{% {LONG} %}}'}}",
            f"environment: {{a: '${{jobs.{LONG}.model}}'}}", f"account: {LONG}", f"operator: {LONG}",
            f"operator: {{action_if_job_exists: {LONG}}}", f"vpc: {{{'v' * 900}: {LONG}}}", f"tags: [{LONG}]",
        )
    },
    **{
        f"an image by a name of 60,000: {text[:18]}": (job("image", "x").replace("image: x", text), "error[")
        for text in (
            f"algorithm: {LONG}", f"algorithm: {LONG}@{LONG}", f"algorithm: xgboost@{LONG}",
            f"framework: {{name: {LONG}, version: {LONG}}}", f"framework: {{name: pytorch, version: {LONG}}}",
            f"framework: {{name: pytorch, version: '2.3', python: {LONG}}}\n    region: us-east-1",
            f"framework: {{name: pytorch, version: '2.3', python: py311}}\n    region: {LONG}",
            f"framework: {{name: huggingface, version: '4.36.0', pytorch: {LONG}}}\n    region: us-east-1",
        )
    },
    "an instance type of 60,000": (job("resources", f"{{instance_type: {LONG}, instance_count: 1}}"), "error["),
    "dag.id of 60,000": (dag(f"id: {LONG}"), "TS105"),
    "schedule of 60,000": (dag(f"schedule: '@{LONG}'"), "TS603"),
    "extending a name of 60,000": (f"extends: {LONG}\n" + GOOD, "extends"),
    "extending an absolute name of 60,000": (f"extends: /{LONG}\n" + GOOD, "extends"),
    "extending a name of 60,000 outside": (f"extends: ../../{LONG}\n" + GOOD, "extends"),
    "an alias of 60,000": (GOOD + f"    doc: *{LONG}\n", "TS0"),
    "an ignored code of 60,000": (GOOD + f"    doc: 1  # trainspec: ignore[{LONG}]\n    naem: x\n", "TS101"),
    "a word of 60,000 in a comment": (GOOD + f"    doc: 1  # trainspec: {LONG}[x]\n    naem: x\n", "TS101"),
    "a setting of 60,000": (settings(f'{LONG} = 1\n'), "trainspec.toml"),
    "a code of 60,000 in the settings": (settings(f'ignore = ["{LONG}"]\n'), "trainspec.toml"),
    "a folder of 60,000 in the settings": (settings(f'paths = ["{LONG}"]\n'), "at most 1,000"),
    "a list of nothings": (GOOD + "    tags: [{}, {key: a}, {}]\n", "error["),
    # ------------------------------------------------------------------ composition
    "a file that extends itself": ("extends: x.yaml\n" + GOOD, "extends"),
    "extending a file outside": ("extends: ../../../etc/passwd\n" + GOOD, "extends"),
    "extending an absolute file": ("extends: /etc/passwd\n" + GOOD, "extends"),
    "extending a folder": ("extends: ../specs\n" + GOOD, "extends"),
    "extending a device": (extending("/dev/zero"), "base.yaml"),
    "extending a link out": (extending("/etc/passwd"), "base.yaml"),
    "extending a pipe": (extending(None), "base.yaml"),
    "extending one file 900 times": ("extends: [" + "x.yaml," * 900 + "]\n" + GOOD, "extends"),
    "files that extend two each": (doubling(40), "extend"),
    "900 files in a row": (chain(900), "extend"),
    "a matrix of a billion": (GOOD + "    matrix: " + matrix(3, 900), "matrix"),
    "matrices of 900": (GOOD + many("  m#: {matrix: " + matrix(1, 900).strip() + "}", 50), "matri"),
    "900 environments": (GOOD + many("  e#: {vars: {a: {b: c}}}", 900, "environments:\n") + "x: 1\n", "TS101"),
    # ------------------------------------------------------------------ variables
    "variables that double": (variables("xx", "@@", 60, "    doc: '@'\n"), "TS006"),
    "lists that double": (variables("[x, x]", "['@', '@']", 60, "    hyperparameters: {a: '@'}\n"), "TS006"),
    "900 variables in a row": (variables("xx", "'@'", 900, "    doc: '@'\n"), "TS006"),
    "5,000 of a long one": (variables("x" * 60_000, "", 1, "    doc: '" + "@" * 5_000 + "'\n"), "TS006"),
    "900 long ones": (variables("x" * 60_000, "", 1, many("      e#: '@y'", 900, "    environment:\n")), "TS006"),
    "8,000 unknown ones": (GOOD + "    doc: '" + "${vars.q}" * 7_000 + "'\n", "TS201"),
    "30,000 that never end": (GOOD + "    doc: '" + "${" * 30_000 + "'\n", "TS202"),
    # ------------------------------------------------------------------ Airflow's templates
    "range for ever": (env("{{ range(10**9) | list }}", "{% for i in range(10**9) %}x{% endfor %}"), "TS303"),
    "loops in loops": (env("{% for i in range(99999) %}" * 50 + "x" + "{% endfor %}" * 50), "TS303"),
    "reaching into objects": (
        env("{{ ''.__class__.__mro__ }}", "{{ ''['__class__'] }}", "{{ ds.format.__globals__ }}"),
        "TS303",
    ),
    "products of texts": (env("{{ 'x' * 10**9 }}", "{{ [1] * 10**9 }}"), "TS303"),
    "replace bomb": (env("{% set a='xx' %}" + "{% set a=a|replace('x', 'xxxxxxxxxx') %}" * 100 + "{{ a }}"), "error["),
    "a number of 5,000 digits": (env("{{ " + "9" * 5_000 + " }}"), "TS303"),
    "unclosed templates": (env("{{" * 30_000), "TS303"),
    "unclosed statements": (env("{%" * 4_000 + "'%}'"), "error["),
    "statements of 60,000": (env("{% raw %}" * 6_000), "TS303"),
    "4,000 parentheses": (env("{{ " + "(" * 4_000 + "1" + ")" * 4_000 + " }}"), "TS303"),
    "30,000 parentheses": (env("{{ " + "(" * 30_000 + "1" + ")" * 30_000 + " }}"), "TS303"),
    "9,000 minuses": (env("{{ " + "-" * 9_000 + "1 }}"), "TS303"),
    "4,900 attributes": (env("{{ ti" + ".a" * 4_900 + " }}"), "TS303"),
    "900 names that Airflow does not give": (env("".join(f"{{{{ q{i} }}}}" for i in range(900))), "TS302"),
    # ------------------------------------------------------------------ settings
    "settings of 50 MB": (settings(b"x = '" + b"x" * 50_000_000), "trainspec.toml"),
    "settings that nest": (settings("x = " + "[" * 100_000), "trainspec.toml"),
    "settings that are no text": (settings(b"\xff\xfe\0"), "trainspec.toml"),
    "settings with a number for ever": (settings("airflow = " + "9" * 100_000), "trainspec.toml"),
    "settings that climb": (settings('output = "../../x"\n'), "leaves the project"),
    "settings of pyproject that nest": (settings(NESTED, "pyproject.toml"), "pyproject.toml"),
    "settings of the wrong type": (settings('paths = "specs"\n'), "paths"),
    "settings with NUL in a path": (settings('paths = ["a\\u0000b"]\n'), "a"),
    "settings in a pipe": (lambda project: os.mkfifo(project / "trainspec.toml"), "trainspec.toml"),
    # ------------------------------------------------------------------ output
    "traps in the output folder": (generated_by_nobody, "x.py"),
}  # fmt: skip

OF_THE_OUTPUT = ("traps in the output folder", "settings that climb")
"""What `lint` does not read."""

SOUND: dict[str, str | bytes] = {
    "byte order mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "CRLF": GOOD.replace("\n", "\r\n"),
    "CR": GOOD.replace("\n", "\r"),
    "a directive": "%YAML 1.2\n---\n" + GOOD,
    "Python's keywords as names": dag("id: class").replace("  train:", "  import:"),
    "the imported names as names": dag("id: DAG").replace("  train:", "  pendulum:"),
    "200,000 comments": "# x\n" * 200_000 + GOOD,
    "quotes, NUL and all": env("a'b", "\\\"\\\"\\\"", "\\\\", "\\0\\x1b\\u2028", "{{ '}}' }}", "$${", "{#"),
    "calls that call": env("{{ 'x'" + ".lower()" * 30 + " }}", "{{ ti" + ".a()" * 30 + " }}"),
    "lists of lists": env("{% set a=[1, 1] %}" + "{% set a=[a, a, a, a] %}" * 50 + "{{ a == a }}{{ a | join }}"),
    "dates that overflow": env(
        "{{ logical_date.add(days=10**11) }}", "{{ macros.ds_add(ds, 10**9) }}", "{{ 9**9**9**9 }}",
        "{{ logical_date.strftime('%1000000000d') }}",
    ),
}  # fmt: skip

DRIVER = """
import io, json, resource, sys, time
from contextlib import redirect_stderr, redirect_stdout
start, ran = time.process_time(), []
from trainspec.cli import main
for command in sys.argv[1:]:
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        code = main(command.split())
    ran.append((code, out.getvalue(), time.process_time() - start))
    start = time.process_time()
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
from cpu_time import slowness
json.dump((ran, memory, slowness()), sys.stdout)
"""


@dataclass(frozen=True)
class Ran:
    """What came of `lint` and `compile`: exit codes, outputs, CPU seconds (`cpu_time`); and the most megabytes."""

    codes: tuple[int, ...]
    outputs: tuple[str, ...]
    seconds: tuple[float, ...]
    megabytes: int
    made: frozenset[str]


def run(build: Build, project: Path, *commands: str) -> Ran:
    """Run `lint` and `compile`, or the given commands, in a project with this one spec."""
    (project / ".git").mkdir(parents=True)
    (project / "specs").mkdir()
    if callable(build):
        build(project)
    else:
        (project / "specs" / "x.yaml").write_bytes(build if isinstance(build, bytes) else build.encode())
    before = set(project.rglob("*"))
    # The shell in between keeps this process's own memory out of the child's figures.
    command = ["/bin/sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-c", DRIVER, *(commands or ("lint", "compile"))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8:surrogateescape"}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    ran, memory, slower = json.loads(done.stdout)
    codes, outputs, seconds = zip(*ran, strict=True)
    unit = 1024 if sys.platform != "darwin" else 1024 * 1024
    new = (path.relative_to(project) for path in set(project.rglob("*")) - before)
    made = frozenset(str(path) for path in new)
    return Ran(codes, outputs, tuple(each / slower for each in seconds), memory // unit, made)


def check_bounds(ran: Ran) -> None:
    assert ran.megabytes <= MEGABYTES
    assert max(ran.seconds) <= SECONDS * SLACK
    for output in ran.outputs:
        assert "Traceback" not in output
        assert "internal error" not in output
        assert len(output) < CHARACTERS
        assert max(map(len, output.splitlines()), default=0) < LONGEST_LINE
        assert output.isprintable() or not {each for each in output if not each.isprintable()} - {"\n", "\udcff"}


@pytest.mark.slow
@pytest.mark.parametrize("name", BAD)
def test_hostile(name: str, tmp_path: Path) -> None:
    build, said = BAD[name]
    ran = run(build, tmp_path / "project")
    assert ran.codes[1] in (1, 2)
    assert ran.codes[0] == ran.codes[1] or (name in OF_THE_OUTPUT and ran.codes[0] == 0)
    assert said in ran.outputs[1]
    assert not ran.made
    check_bounds(ran)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*BAD, *SOUND])
def test_hostile_to_edit(name: str, tmp_path: Path) -> None:
    """`fmt` and `lint --fix` change files that they can parse, leave the others alone, and end."""
    build = BAD[name][0] if name in BAD else SOUND[name]
    ran = run(build, tmp_path / "project", "fmt", "lint --fix", "fmt", "lint --fix")
    assert set(ran.codes) <= {0, 1, 2}
    assert "Formatted" not in ran.outputs[2], "twice is once"
    assert "Fixed" not in ran.outputs[3]
    assert not ran.made
    check_bounds(ran)


@pytest.mark.parametrize("name", sampled(SOUND, 3))
def test_odd_but_sound(name: str, tmp_path: Path) -> None:
    ran = run(SOUND[name], tmp_path / "project")
    assert ran.codes == (0, 0), ran.outputs[0]
    assert len(ran.made) == 2
    check_bounds(ran)


def main() -> None:
    """Print the figures of all cases."""
    print(f"{'case':45} {'lint s':>7} {'compile s':>9} {'MB':>5}  exit  characters")  # noqa: T201
    start = time.monotonic()
    for name, build in [*((name, build) for name, (build, _) in BAD.items()), *SOUND.items()]:
        with tempfile.TemporaryDirectory() as folder:
            ran = run(build, Path(folder, "project"))
            lint, compiled = ran.seconds
            print(f"{name:45} {lint:7.2f} {compiled:9.2f} {ran.megabytes:5} {ran.codes!s:>6} {len(ran.outputs[0]):8}")  # noqa: T201
    print(f"{len(BAD) + len(SOUND)} cases in {time.monotonic() - start:.0f} s")  # noqa: T201


if __name__ == "__main__":
    main()
