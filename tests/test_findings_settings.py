"""Settings and options that choose findings: what is reported, with which severity, and the exit code."""

import json
from pathlib import Path

import pytest

from cpu_time import cpu_seconds
from helpers import Run, sampled

SPEC = """\
trainspec: 1
dag: {id: example}
jobs:
  train:
    name: job-{{ ts_nodash }}
    role: arn:aws:iam::123456789012:role/SageMakerRole
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    inputs: {train: s3://my-bucket//train/}  # TS550, a warning
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""
BROKEN = f"{SPEC}    naem: x\n"


def _lint(trainspec: Run, *arguments: str) -> tuple[list[tuple[str, str]], int]:
    ran = trainspec("lint", "--format", "json", *arguments)
    assert ran.stdout, ran.stderr
    return [(found["code"], found["severity"]) for found in json.loads(ran.stdout)], ran.returncode


@pytest.mark.parametrize(
    ("settings", "arguments", "expected"),
    [
        ("", [], ([("TS550", "warning")], 0)),
        ("strict = true", [], ([("TS550", "warning")], 1)),
        ("", ["--strict"], ([("TS550", "warning")], 1)),
        ('severity = {TS550 = "note"}', ["--strict"], ([("TS550", "note")], 0)),
        ('severity = {TS550 = "error"}', [], ([("TS550", "error")], 1)),
        ('severity = {TS55 = "error", TS5 = "note"}', [], ([("TS550", "error")], 1)),
        ('ignore = ["TS550"]', [], ([], 0)),
        ('ignore = ["TS5"]', [], ([], 0)),
        ('ignore = ["TS52"]', [], ([("TS550", "warning")], 0)),
        ("", ["--ignore", "TS521,TS550"], ([], 0)),
        ("", ["--ignore", "TS521", "--ignore", "TS550"], ([], 0)),
        ('select = ["TS52", "TS4"]', [], ([], 0)),
        ('select = ["TS52"]', ["--select", "TS55"], ([("TS550", "warning")], 0)),
        ('per-path = {"specs/**" = ["TS550"]}', [], ([], 0)),
        ('per-path = {"specs" = ["TS5"]}', [], ([], 0)),
        ('per-path = {"specs/*.yaml" = ["TS5"]}', [], ([], 0)),
        ('per-path = {"**/a.y?ml" = ["TS5"]}', [], ([], 0)),
        ('[per-path]\n"*.yaml" = ["TS5"]\n"spec" = ["TS5"]', [], ([("TS550", "warning")], 0)),
    ],
)
def test_selection(
    settings: str, arguments: list[str], expected: tuple[list[tuple[str, str]], int], project: Path, trainspec: Run
) -> None:
    (project / "specs" / "a.yaml").write_text(SPEC)
    (project / "trainspec.toml").write_text(settings)
    assert _lint(trainspec, *arguments) == expected
    if "--" not in str(arguments):
        (project / "trainspec.toml").unlink()
        first, _, rest = settings.partition("[per-path]")
        tables = f"[tool.trainspec]\n{first}" + (f"[tool.trainspec.per-path]{rest}" if rest else "")
        (project / "pyproject.toml").write_text(tables)
        assert _lint(trainspec) == expected


def test_what_leaves_nothing_to_compile_is_always_told(project: Path, trainspec: Run) -> None:
    (project / "specs" / "a.yaml").write_text(BROKEN)
    (project / "trainspec.toml").write_text('select = ["TS4"]\nseverity = {TS = "note"}\n')
    assert _lint(trainspec, "--ignore", "TS") == ([("TS101", "error")], 1)


def test_compile_follows_the_settings(project: Path, trainspec: Run) -> None:
    (project / "specs" / "a.yaml").write_text(SPEC)
    assert trainspec("compile").returncode == 0
    (project / "trainspec.toml").write_text('severity = {TS550 = "error"}\n')
    assert trainspec("compile").returncode == 1
    (project / "trainspec.toml").write_text('ignore = ["TS550"]\n')
    assert "TS550" not in trainspec("compile").stderr


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("ingore = []", "trainspec.toml:1:1: unknown setting `ingore`; did you mean `ignore`?"),
        (
            "\nxyz = 1",
            "trainspec.toml:2:1: unknown setting `xyz`; there are project, paths, output, airflow, ",
        ),
        ("paths = 'specs'", "trainspec.toml:1:1: `paths` must be a list of strings"),
        ("paths = [1]", "trainspec.toml:1:1: `paths` must be a list of strings"),
        ("airflow = true", 'trainspec.toml:1:1: `airflow` must be a string such as "3.3"'),
        ("airflow = 4", "trainspec.toml:1:1: `airflow` cannot be 4; write one of 2.11, 3.0, 3.1, 3.2, 3.3,"),
        ("airflow = 3.0", 'trainspec.toml:1:1: `airflow` must be a string: write airflow = "3.0"'),
        ("output = 1", "trainspec.toml:1:1: `output` must be a string"),
        ("strict = 1", "trainspec.toml:1:1: `strict` must be true or false"),
        (
            '# x\n\nselect = ["TS5500"]',
            "trainspec.toml:3:1: `select`: there is no code `TS5500`; did you mean `TS550`?",
        ),
        ('select = [""]', "trainspec.toml:1:1: `select`: there is no code ``"),
        ('ignore = ["TS101"]', "trainspec.toml:1:1: `ignore`: `TS101` cannot be ignored"),
        (
            '[severity]\nTS550 = "fatal"',
            "trainspec.toml:2:1: `severity.TS550` cannot be 'fatal'; write error, warning, note",
        ),
        (
            '[severity]\nTS550 = "warn"',
            "trainspec.toml:2:1: `severity.TS550` cannot be 'warn'; did you mean `warning`?",
        ),
        ('severity = {TS101 = "note"}', "trainspec.toml:1:1: `severity.TS101`: `TS101` cannot be ignored"),
        ('[severity]\nTS999 = "note"', "trainspec.toml:2:1: `severity.TS999`: there is no code `TS999`"),
        ('[per-path]\n"a" = ["TS5"]\n"b/**" = "TS5"', "trainspec.toml:3:1: `per-path.b/**` must be a list of strings"),
        ("[per-path]\n[[per-path.x]]\n", "trainspec.toml:1:2: `per-path.x` must be a list of strings"),
        ("select = [", "trainspec.toml: "),
    ],
)
def test_wrong_settings(settings: str, said: str, project: Path, trainspec: Run) -> None:
    (project / "specs" / "a.yaml").write_text(SPEC)
    (project / "trainspec.toml").write_text(settings)
    ran = trainspec("lint")
    assert ran.returncode == 2
    assert said in ran.stderr
    assert ran.stdout == ""


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("", []),
        ('operators = ["airflow.*", "my_team.*"]', []),
        ('operators = ["airflow.*"]', ["the project's settings do not allow the operator `my_team.Report`"]),
        ("operators = []", ["the project's settings do not allow the operator `my_team.Report`"]),
    ],
)
def test_operators(setting: str, expected: list[str], project: Path, trainspec: Run) -> None:
    (project / "trainspec.toml").write_text(f"{setting}\n")
    (project / "specs" / "s.yaml").write_text(f"{SPEC}tasks: {{report: {{operator: my_team.Report}}}}\n")
    ran = trainspec("lint", "--format", "json", "--select", "TS6")
    assert [found["message"] for found in json.loads(ran.stdout)] == expected
    assert trainspec("compile").returncode == (1 if expected else 0)


def test_wrong_settings_in_pyproject(project: Path, trainspec: Run) -> None:
    (project / "pyproject.toml").write_text(
        '[project]\nignore = 1\n\n[tool.trainspec]\nstrict = false\nignore = "TS5"\n'
    )
    assert "pyproject.toml:6:1: `ignore` must be a list of strings" in trainspec("lint").stderr
    (project / "pyproject.toml").write_text("tool.trainspec.stritc = true\n")
    assert "pyproject.toml:1:1: unknown setting `stritc`; did you mean `strict`?" in trainspec("lint").stderr
    (project / "pyproject.toml").write_text("[tool]\ntrainspec = 1\n")
    assert "pyproject.toml:2:1: must be a table" in trainspec("lint").stderr


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("", []),
        ('operators = ["airflow.*"]', []),
        ('callbacks = ["my_team.*"]', ["other.page", "other.Notifier", "other.log"]),
        ('callbacks = ["*"]', []),
        ("callbacks = []", ["other.page", "my_team.page", "other.Notifier", "other.log"]),
    ],
)
def test_callbacks(setting: str, expected: list[str], project: Path, trainspec: Run) -> None:
    (project / "trainspec.toml").write_text(f"{setting}\n")
    dag = (
        "dag:\n  on_failure_callback: other.page\n"
        "  default_args: {on_retry_callback: [my_team.page, {path: other.Notifier, arguments: {text: x}}]}\n"
    )
    spec = SPEC.replace("dag: {id: example}\n", dag) + "    on_success_callback: other.log\n"
    (project / "specs" / "s.yaml").write_text(spec)
    ran = trainspec("lint", "--format", "json", "--select", "TS6")
    said = [found["message"] for found in json.loads(ran.stdout)]
    assert said == [f"the project's settings do not allow the callback `{path}`" for path in expected]
    assert trainspec("compile").returncode == (1 if expected else 0)


def test_all_wrong_settings_are_told(project: Path, trainspec: Run) -> None:
    (project / "trainspec.toml").write_text(
        'ingore = []\n  strict = 1\n[severity]\nTS550 = "fatal"\nTS551 = "loud"\n[per-path]\n"a" = "TS5"\n'
    )
    said = trainspec("lint").stderr.splitlines()
    assert [line.removeprefix("trainspec: ").split(" ")[0] for line in said] == [
        f"trainspec.toml:{place}:" for place in ("1:1", "2:3", "4:1", "5:1", "7:1")
    ]


def test_trainspec_toml_written_like_pyproject(project: Path, trainspec: Run) -> None:
    (project / "specs" / "a.yaml").write_text(SPEC)
    (project / "trainspec.toml").write_text('[tool.trainspec]\nignore = ["TS550"]\n')
    assert _lint(trainspec) == ([], 0)
    (project / "trainspec.toml").write_text("[tool.trainspec]\nstritc = true\n")
    assert "trainspec.toml:2:1: unknown setting `stritc`" in trainspec("lint").stderr


def test_wrong_codes_on_the_command_line(project: Path, trainspec: Run) -> None:
    (project / "specs" / "a.yaml").write_text(SPEC)
    for option, said in [("--select=TS5500", "did you mean `TS550`?"), ("--ignore=TS002", "cannot be ignored")]:
        ran = trainspec("lint", option)
        assert ran.returncode == 2
        assert said in ran.stderr


def test_an_ignore_that_one_environment_needs_is_of_use(project: Path, trainspec: Run) -> None:
    uri, comment = '"s3://my-bucket${vars.folder}/"', "# trainspec: ignore[TS550]"
    fine = SPEC.replace("s3://my-bucket//train/", uri).replace("# TS550, a warning", comment)
    patches = "vars: {folder: /train}\nenvironments: {dev: {vars: {folder: //train}}, prod: {}}\n"
    (project / "specs" / "a.yaml").write_text(fine + patches)
    assert _lint(trainspec, "--env", "dev") == ([], 0)
    assert _lint(trainspec, "--env", "prod") == ([("TS009", "warning")], 0)
    assert _lint(trainspec, "--all-envs") == ([], 0)
    (project / "specs" / "a.yaml").write_text(fine.replace("[TS550]", "[TS550, TS521, TS522]") + patches)
    assert _lint(trainspec, "--all-envs") == ([("TS009", "warning"), ("TS009", "warning")], 0)


HOSTILE_SETTINGS = {
    "a key of very many parts": ".".join("a" * 100_000) + " = 1",
    "numbers of very many digits": f"airflow = 0x{'f' * 100_000}",
    "a number for a word": f"[severity]\nTS550 = 0x{'f' * 100_000}",
    "a negative number": f"airflow = -0o{'7' * 10_000}",
    "very many unknown settings": "\n".join(f"unknown{number} = 1" for number in range(60_000)),
    "very many unknown codes": "\n".join(["[per-path]", *(f'"{number}" = ["X"]' for number in range(50_000))]),
    "very many globs": "\n".join(["[per-path]", *(f'"**a{number}" = ["TS5"]' for number in range(30_000))]),
    "very many paths": f"paths = [{', '.join(f'{chr(34)}{number}/**{chr(34)}' for number in range(50_000))}]",
    "a very long glob": f'[per-path]\n"{"**a" * 300_000}" = ["TS5"]',
    "very many codes": f"ignore = [{', '.join(['{0}TS5{0}'.format(chr(34))] * 100_000)}]",
    "lists in lists": "paths = " + "[" * 100_000,
    "a long word": f'paths = ["{"x" * 900_000}"]',
    "an unknown word": f'[severity]\nTS550 = "{"x" * 900_000}"',
    "an unknown minor": f'airflow = "{"3." * 90}"',
}


@pytest.mark.parametrize("name", HOSTILE_SETTINGS)
@pytest.mark.parametrize("file", sampled(["trainspec.toml", "pyproject.toml"], 2))
def test_hostile_settings_are_refused_at_once(name: str, file: str, project: Path, trainspec: Run) -> None:
    (project / "specs" / "a.yaml").write_text(SPEC)
    head = "" if file == "trainspec.toml" else "[tool.trainspec]\n"
    text = HOSTILE_SETTINGS[name] if not head else HOSTILE_SETTINGS[name].replace("\n[", "\n[tool.trainspec.")
    (project / file).write_text(head + (f"[tool.trainspec.{text[1:]}" if head and text.startswith("[") else text))
    with cpu_seconds(at_most=5):
        ran = trainspec("lint")
    assert ran.returncode == 2, ran
    assert file in ran.stderr
    assert max(map(len, ran.stderr.splitlines())) < 1000
    assert ran.stderr.count("\n") <= 25


def test_a_pyproject_without_our_table_is_none_of_our_business(project: Path, trainspec: Run) -> None:
    (project / "specs" / "a.yaml").write_text(SPEC)
    (project / "pyproject.toml").write_text(f"{'.'.join('a' * 1000)} = 1")
    assert trainspec("lint").returncode in (0, 1)


@pytest.mark.parametrize(
    ("glob", "path", "is_covered"),
    [
        ("specs/legacy", "specs/legacy/a.yaml", True),
        ("specs/legacy", "specs/legacy2/a.yaml", False),
        ("specs/*.yaml", "specs/a.yaml", True),
        ("specs/*.yaml", "specs/b/a.yaml", False),
        ("specs/*", "specs/b/a.yaml", True),
        ("**/a.yaml", "a.yaml", True),
        ("**/a.yaml", "x/y/a.yaml", True),
        ("**/a.yaml", "x/ya.yaml", False),
        ("specs/**", "specs/x/y.yaml", True),
        ("specs/**/y.yaml", "specs/y.yaml", True),
        ("a**b", "a/x/b", True),
        ("./specs/", "specs/a.yaml", True),
        ("specs/a?.yaml", "specs/ab.yaml", True),
        ("specs/a?.yaml", "specs/a/.yaml", False),
        ("*", "specs/a.yaml", True),
        ("[a]", "[a]/x.yaml", True),
        ("[a]", "a", False),
        ("", "specs/a.yaml", False),
        ("**", "specs/a.yaml", True),
        ("**a**a**a**b", "a" * 200, False),
        ("**/**/**/x", "a/" * 50 + "y", False),
    ],
)
def test_globs_of_paths(glob: str, path: str, is_covered: bool) -> None:
    from trainspec.disk.globs import covers

    assert covers(glob, path) is is_covered


def test_no_glob_takes_long() -> None:
    from trainspec.disk.globs import covers

    with cpu_seconds(at_most=3):
        assert not covers("**a" * 300 + "b", "specs/" + "a" * 200 + "/x.yaml")
