"""What must hold for every spec, not only for those that somebody has written."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from croniter import croniter
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from trainspec.dag.airflow import MINORS, own_imports
from trainspec.dag.expressions import check_path
from trainspec.dag.times import check_cron
from trainspec.pipeline import Analysis, Options, analyse, generate
from trainspec.templates import folded, for_airflow, has_template
from trainspec.text.source import Source
from trainspec.text.typing import natural

from helpers import tried

OWN_MODULES = {each.module for airflow in MINORS.values() for each in own_imports(airflow)}
ALLOWED_NODES = (
    ast.Module, ast.Import, ast.ImportFrom, ast.alias, ast.With, ast.withitem, ast.Expr, ast.Assign, ast.Call,
    ast.keyword, ast.Name, ast.Attribute, ast.Constant, ast.Dict, ast.List, ast.Load, ast.Store, ast.UnaryOp, ast.USub,
)  # fmt: skip

# YAML accepts these in a double-quoted scalar; lone surrogates are not text.
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=40)
words = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,15}", fullmatch=True)
task_ids = st.one_of(st.sampled_from(["class", "def", "DAG", "None", "2nd", "a.b-c", "pendulum"]), words)


def quoted(text: str) -> str:
    """`text` as a double-quoted YAML scalar, with all but the plainest characters escaped."""
    return '"' + "".join(each if each.isalnum() and each.isascii() else f"\\U{ord(each):08x}" for each in text) + '"'


def flow_map(values: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {quoted(value)}" for key, value in values.items()) + "}"


# What the compiler writes as names and calls: paths that collide with its own imports and with the tasks.
paths = st.builds(
    "{}.{}".format,
    st.sampled_from(
        ["my_team.alerts", "other.alerts", "alerts", "airflow.sdk", "airflow", "pendulum", "a.class", "a b", "_"]
    ),
    st.one_of(st.sampled_from(["DAG", "Asset", "Param", "pendulum", "timedelta", "page", "None", "__import__"]), words),
)
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.floats(allow_nan=False, width=32), texts),
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(words, below, max_size=3)),
    max_leaves=5,
)
notifiers = st.fixed_dictionaries({"path": paths}, optional={"arguments": st.dictionaries(words, values, max_size=3)})
callbacks = st.one_of(paths, notifiers, st.lists(st.one_of(paths, notifiers), max_size=3))
uris = st.one_of(
    texts, st.just("s3://bucket/key"), st.fixed_dictionaries({"uri": texts}, optional={"extra": st.just({"a": 1})})
)
conditions: st.SearchStrategy[Any] = st.recursive(
    uris,
    lambda below: st.one_of(
        *(st.fixed_dictionaries({k: st.lists(below, min_size=1, max_size=3)}) for k in ("any", "all"))
    ),
    max_leaves=4,
)
params = st.dictionaries(
    words, st.one_of(values, st.fixed_dictionaries({"default": values}, optional={"title": texts})), max_size=3
)
DAG_LEVEL: dict[str, st.SearchStrategy[Any]] = {
    "schedule": st.one_of(
        st.none(),
        st.just(["0 3 * * *", "@weekly"]),
        st.fixed_dictionaries({"assets": conditions}, optional={"time": st.sampled_from(["@daily", "6h", "x"])}),
    ),
    "start_date": st.just("2025-04-01"),
    "params": params,
    "on_failure_callback": callbacks,
    "owner_links": st.just({"a": "https://example.com"}),
    "access_control": st.dictionaries(texts, st.lists(texts, max_size=2), max_size=2),
}
TASK_LEVEL = {
    "outlets": st.lists(uris, max_size=2),
    "params": params,
    "on_retry_callback": callbacks,
    "logger_name": texts,
}


@st.composite
def specs(draw: st.DrawFn) -> str:
    """Specs that are valid except for what is drawn: ids, arbitrary strings, numbers, maps."""
    dag = {"id": draw(words), "description": draw(texts), **draw(st.fixed_dictionaries({}, optional=DAG_LEVEL))}
    lines = ["trainspec: 1", f"dag: {json.dumps(dag)}", "jobs:"]
    for task in draw(st.lists(task_ids, min_size=1, max_size=3, unique_by=str.lower)):
        hyperparameters = draw(st.dictionaries(words, texts.filter(lambda text: "\n" not in text), max_size=4))
        environment = draw(st.dictionaries(words, texts, max_size=4))
        lines += [
            f"  {quoted(task)}:",
            "    name: job-{{ ds }}",
            "    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
            "    role: arn:aws:iam::123456789012:role/MyRole",
            "    output: s3://bucket/models/",
            "    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10}",
            "    stopping: {max_runtime: 30m}",
            f"    hyperparameters: {flow_map(hyperparameters)}",
            f"    environment: {flow_map(environment)}",
            f"    doc: {quoted(draw(texts))}",
            *(
                f"    {key}: {json.dumps(value)}"
                for key, value in draw(st.fixed_dictionaries({}, optional=TASK_LEVEL)).items()
            ),
        ]
    return "\n".join(lines) + "\n"


def analysed(text: str) -> Analysis:
    return analyse(Source("specs/x.yaml", text), Options())


def is_sound(analysis: Analysis) -> bool:
    return not any(found.severity == "error" for found in analysis.findings)


def rendered(value: Any) -> Any:
    """What Airflow makes of a config, if every template is a constant."""
    if isinstance(value, dict):
        return {key: rendered(below) for key, below in value.items()}
    if isinstance(value, list):
        return [rendered(below) for below in value]
    return Environment().from_string(value).render(ds="2025-04-09") if isinstance(value, str) else value  # noqa: S701


def config_of(call: ast.Call) -> Any:
    return next(ast.literal_eval(keyword.value) for keyword in call.keywords if keyword.arg == "config")


def hold_to_the_grammar(tree: ast.Module) -> None:
    """Literals, imports, calls and names; each name is bound once, by an import or for a task.

    An import is one of ours, or `from MODULE import NAME` for a dotted path, which the compiler has not checked.
    """
    bound: list[str] = []
    for node in ast.walk(tree):
        assert isinstance(node, ALLOWED_NODES), ast.dump(node)
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= {"pendulum"}
        if isinstance(node, ast.ImportFrom):
            assert not node.level
            for alias in node.names:
                assert node.module in OWN_MODULES or check_path(f"{node.module}.{alias.name}") is None
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound += [alias.asname or alias.name for alias in node.names]
        if isinstance(node, ast.Assign):
            assert len(node.targets) == 1
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.append(node.id)
        if isinstance(node, ast.Attribute):
            assert isinstance(node.value, ast.Name)
            assert node.attr in ("datetime", "set_downstream"), node.attr
    assert len(bound) == len(set(bound))
    assert {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} <= set(bound)


@tried(200)
@given(specs())
def test_accepted_specs_give_files_of_literals_that_hold_the_request(text: str) -> None:
    analysis = analysed(text)
    if not is_sound(analysis):
        return
    source = generate(analysis, Options())
    tree = ast.parse(source)
    hold_to_the_grammar(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    configs = [config_of(call) for call in calls if any(keyword.arg == "config" for keyword in call.keywords)]
    requests = [request.members for request in analysis.requests.values()]
    assert [rendered(config) for config in configs] == [
        json.loads(json.dumps(request).replace("{{ ds }}", "2025-04-09")) for request in requests
    ]


@tried(300)
@given(st.dictionaries(words, texts.filter(lambda text: "${" not in text), min_size=1, max_size=6))
def test_hyperparameters_keep_their_text(hyperparameters: dict[str, str]) -> None:
    text = "trainspec: 1\njobs:\n  train:\n    hyperparameters:\n" + "".join(
        f"      {key}: {quoted(value)}\n" for key, value in hyperparameters.items()
    )
    assert analysed(text).requests["train"].members["HyperParameters"] == hyperparameters


plain = st.from_regex(r"[A-Za-z0-9_.+-][A-Za-z0-9_.+/@%-]{0,20}", fullmatch=True).filter(
    lambda text: natural(text) is not None and text not in ("-", "---", "...") and not text.startswith("---")
)


@tried(300)
@given(plain)
def test_plain_hyperparameters_keep_their_text(written: str) -> None:
    text = f"trainspec: 1\njobs:\n  train:\n    hyperparameters: {{value: {written}}}\n"
    assert analysed(text).requests["train"].members["HyperParameters"] == {"value": written}


@tried(500)
@given(st.text(st.sampled_from("{}%#'\" \n\r-+\\axé\u2028"), max_size=12))
def test_literals_survive_airflow(text: str) -> None:
    if not has_template(text):
        for keeps_newline in (False, True):
            environment = Environment(keep_trailing_newline=keeps_newline)  # noqa: S701
            assert environment.from_string(for_airflow(text)).render() == text
        assert folded(text) == text


@pytest.mark.parametrize("text", ["{{ '{{' }}", "{{ '{%' }}x", "a{{ '{#' }}\n", "{{ 'a' ~ 'b' }}\r\n"])
def test_constant_templates_fold_to_what_airflow_renders(text: str) -> None:
    assert Environment().from_string(for_airflow(text)).render() == folded(text)  # noqa: S701


numbers = st.integers(0, 99).map(str)
cron_fields = st.one_of(
    st.just("*"), numbers, numbers.map("*/{}".format), st.lists(numbers, min_size=1, max_size=3).map(",".join),
    st.text("*/,-0123456789", min_size=1, max_size=4),
)  # fmt: skip


@tried(3000)
@given(st.lists(cron_fields, min_size=5, max_size=5).map(" ".join))
def test_what_is_taken_as_a_cron_expression_croniter_takes(text: str) -> None:
    if check_cron(text) is None:
        croniter(text)


@pytest.mark.slow
def test_compile_does_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    specs_folder = Path(__file__).parent.parent / "specs"
    outputs = []
    for seed in ("0", "1", "12345"):
        folder = tmp_path / seed
        command = [sys.executable, "-m", "trainspec", "compile", "specs", "-o", "dags"]
        command += ["--requests", "requests"]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        shutil.copytree(specs_folder, folder / "specs")
        subprocess.run(command, check=True, env=environment, cwd=folder, capture_output=True)
        made = (path for name in ("dags", "requests") for path in sorted((folder / name).rglob("*.*")))
        outputs.append({path.name: path.read_bytes() for path in made})
    assert len(outputs[0]) > 10
    assert outputs[0] == outputs[1] == outputs[2]


literals = st.recursive(
    st.one_of(texts, st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)


def flow(value: Any) -> str:
    """A value as YAML in flow style, its strings with `${` escaped."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"? {flow(key)} : {flow(below)}" for key, below in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return quoted(value.replace("${", "$${")) if isinstance(value, str) else json.dumps(value)


@tried(200)
@given(st.dictionaries(words, literals, max_size=4), st.dictionaries(texts, literals, max_size=4))
def test_arguments_reach_their_operator_to_the_letter(arguments: dict[str, Any], conf: dict[str, Any]) -> None:
    head = specs_head()
    text = f"{head}tasks: {{task: {{operator: my_team.Operator, arguments: {flow(arguments)}}}}}\n"
    text += f"triggers: {{other: {{dag: other, conf: {flow(conf)}}}}}\n"
    analysis = analysed(text)
    if not is_sound(analysis):
        return
    calls = {
        call.func.id: {keyword.arg: keyword.value for keyword in call.keywords}
        for call in ast.walk(ast.parse(generate(analysis, Options())))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    }
    given_ = {name: ast.literal_eval(value) for name, value in calls["Operator"].items()}
    assert given_.pop("doc_md").startswith("Compiled from `specs/x.yaml:")
    assert given_ == {"task_id": "task", **arguments}
    if not any(map(has_template, [str(conf)])):
        assert rendered(ast.literal_eval(calls["TriggerDagRunOperator"]["conf"])) == conf


def specs_head() -> str:
    """A valid spec without its own DAG."""
    return (
        "trainspec: 1\ndag: {id: example}\njobs:\n  train:\n    name: job-{{ ds }}\n"
        "    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1\n"
        "    role: arn:aws:iam::123456789012:role/MyRole\n    output: s3://bucket/models/\n"
        "    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10}\n"
        "    stopping: {max_runtime: 30m}\n"
    )
