"""Arguments of DAGs and tasks as people write them: durations, dates, rules, callbacks, parameters, strings."""

from collections.abc import Callable, Mapping
from typing import Any

from random_values import Code, mapping, number, text

HELPERS = """
def page(context):
    pass
def log(context):
    pass
"""
"""Callbacks, for the module `random_helpers`."""

Write = Callable[[Code], str]


def length(code: Code, minutes: int) -> str:
    """A duration."""
    forms = [f"timedelta(minutes={minutes})", f"timedelta(0, {minutes * 60})", f"timedelta(hours={minutes / 60})"]
    if code.chance.random() < code.plain:
        return forms[0]
    code.add("import pendulum")
    forms += [
        code.named("LENGTH", forms[0]), f"timedelta(seconds={number(code, 60)} * {minutes})",
        f"pendulum.duration(minutes={minutes})", f"timedelta(minutes=1) * {minutes}",
        f"timedelta(**{{'minutes': {minutes}}})",
    ]  # fmt: skip
    return code.chance.choice(forms)


def date(code: Code, year: int) -> str:
    """A date, perhaps with a time of day and a time zone."""
    code.add("import pendulum", "from datetime import timezone", "from zoneinfo import ZoneInfo")
    forms = [
        f"datetime({year}, 3, 1)", f"datetime({year}, 3, 1, 4, 30)", f"datetime({year}, 3, 1, tzinfo=timezone.utc)",
        f"pendulum.datetime({year}, 3, 1, tz='UTC')", f"datetime(year={year}, month=3, day=1)",
        f"pendulum.datetime({year}, 3, 1)", f"datetime.fromisoformat('{year}-03-01')",
        f"pendulum.parse('{year}-03-01')",
        f"pendulum.datetime({year}, 3, 1, tz='Europe/Berlin')", f"datetime({year}, 3, 1, 2, tzinfo=ZoneInfo('UTC'))",
        f"datetime({year}, 3, 1, tzinfo=pendulum.timezone('Europe/Berlin'))",
        f"datetime.strptime('{year}-03-01', '%Y-%m-%d')", code.named("DATE", f"datetime({year}, 3, 1)"),
    ]  # fmt: skip
    return forms[0] if code.chance.random() < code.plain else code.chance.choice(forms)


def _one_of(*forms: str) -> Write:
    return lambda code: code.chance.choice(forms)


def _flag(code: Code) -> str:
    return code.chance.choice(["True", "False"])


def _rule(name: str, *values: str) -> Write:
    def write(code: Code) -> str:
        code.add(f"from airflow.sdk import {name}")
        value = code.chance.choice(values)
        return code.chance.choice([repr(value), f"{name}.{value.upper()}", text(code, value)])

    return write


def _callbacks(code: Code) -> str:
    code.add("import random_helpers as rc")
    name = code.fresh("calls")
    code.add(f"def {name}(context):", "    pass")
    plain = ["rc.page", "[rc.page, rc.log]", "rc.log"]
    return code.chance.choice([*plain, name, "lambda context: None"] if code.chance.random() < 0.3 else plain)


def _params(code: Code) -> str:
    code.add("from airflow.sdk import Param")
    forms = [
        mapping(code, {"rows": 100, "stage": "prod"}), "{'rows': Param(5, type='integer', minimum=1)}",
        "{'stage': Param('prod', enum=['prod', 'test'], description='Where.'), 'rows': 3}", "{'all': True, 'some': []}",
        "{'rows': Param(None, type=['null', 'integer'])}", "dict(rows=1.5)", "{'more': {'a': 1}}",
    ]  # fmt: skip
    return code.chance.choice(forms)


def _assets(code: Code) -> str:
    code.add("from airflow.sdk import Asset")
    return code.chance.choice(
        ["[Asset('s3://acme-models/churn/')]", "[Asset('churn'), Asset(name='a', uri='s3://b/c')]"]
    )


OF_TASK: Mapping[str, Write] = {
    "retries": lambda code: number(code, code.chance.randint(1, 4)),
    "retry_delay": lambda code: length(code, 5),
    "max_retry_delay": lambda code: length(code, 120),
    "retry_exponential_backoff": _one_of("True", "False", "2.0"),
    "execution_timeout": lambda code: code.chance.choice([length(code, 150), length(code, 90), "None"]),
    "pool": lambda code: code.chance.choice([text(code, "gpu"), "None"]),
    "pool_slots": lambda code: number(code, 2),
    "queue": lambda code: text(code, "training"),
    "priority_weight": lambda code: number(code, code.chance.choice([1, 7])),
    "weight_rule": _rule("WeightRule", "downstream", "upstream", "absolute"),
    "trigger_rule": _rule("TriggerRule", "all_done", "none_failed", "one_success", "all_success"),
    "depends_on_past": _flag,
    "wait_for_downstream": _flag,
    "owner": lambda code: text(code, "team risk"),
    "email": _one_of("'a@acme.com'", "['a@acme.com', 'b@acme.com']", "'a@acme.com, b@acme.com'", "[]", "None"),
    "email_on_failure": _flag,
    "email_on_retry": _flag,
    "do_xcom_push": _flag,
    "max_active_tis_per_dag": lambda code: number(code, 3),
    "max_active_tis_per_dagrun": lambda code: number(code, 2),
    "run_as_user": lambda code: text(code, "ml"),
    "executor": lambda code: text(code, "LocalExecutor"),
    "start_date": lambda code: date(code, 2026),
    "end_date": lambda code: date(code, 2031),
    "on_failure_callback": _callbacks,
    "on_success_callback": _callbacks,
    "params": _params,
    "doc_rst": lambda code: text(code, "Trains *well*."),
    "task_display_name": lambda code: text(code, "Train it"),
}
"""Arguments of any task, by name."""
NOT_OF_DEFAULTS = {"task_display_name", "doc_rst", "params", "start_date", "end_date"}
ONLY_OF_TASK: Mapping[str, Write] = {
    "inlets": _assets,
    "outlets": _assets,
    "executor_config": _one_of("{'cpu': 2}"),
    "doc_md": lambda code: text(code, "Trains."),
}

OF_DAG: Mapping[str, Write] = {
    "end_date": lambda code: date(code, 2030),
    "catchup": _flag,
    "tags": _one_of("['risk', 'ml']", "('risk', 'ml')", "{'risk'}", "['risk'] + ['ml']", "[]"),
    "max_active_runs": lambda code: number(code, 2),
    "max_active_tasks": lambda code: number(code, 4),
    "description": lambda code: text(code, "Trains the models of risk."),
    "doc_md": lambda code: text(code, "# Risk\n\nTrains."),
    "dagrun_timeout": lambda code: length(code, 600),
    "params": _params,
    "is_paused_upon_creation": _flag,
    "render_template_as_native_obj": _flag,
    "owner_links": _one_of("{'risk': 'https://acme.com/risk'}", "{'risk': 'mailto:risk@acme.com'}"),
    "dag_display_name": lambda code: text(code, "Risk models"),
    "fail_fast": _one_of("False"),
    "max_consecutive_failed_dag_runs": lambda code: number(code, 3),
    "access_control": _one_of("{'Viewer': {'can_read'}}", "{'Op': {'DAGs': {'can_edit'}}}"),
    "on_failure_callback": _callbacks,
    "on_success_callback": _callbacks,
    "template_searchpath": _one_of("'/opt/sql'", "['/opt/sql', '/opt/more']"),
}
"""Arguments of a DAG, by name."""


def some(code: Code, kinds: Mapping[str, Write], most: int) -> dict[str, str]:
    """Up to `most` arguments, each with the expression for its value."""
    chosen = code.chance.sample(sorted(kinds), code.chance.randint(0, most))
    return {name: kinds[name](code) for name in chosen}


def default_args(code: Code) -> str:
    """The `default_args` of a DAG."""
    kinds: dict[str, Any] = {name: write for name, write in OF_TASK.items() if name not in NOT_OF_DEFAULTS}
    kinds["aws_conn_id"] = lambda code: text(code, "aws_risk")
    given = some(code, kinds, 4) | ({"start_date": date(code, 2024)} if code.chance.random() < 0.2 else {})
    pairs = ", ".join(f"{name!r}: {value}" for name, value in given.items())
    forms = [f"{{{pairs}}}", f"dict({', '.join(f'{name}={value}' for name, value in given.items())})",
             f"{{**{{'retries': 1}}, {pairs}}}"]  # fmt: skip
    made = forms[0] if code.chance.random() < code.plain else code.chance.choice(forms)
    if code.chance.random() < code.plain:
        return made
    name = code.named("DEFAULTS", made)
    if code.chance.random() < 0.5:
        code.add(code.chance.choice([f"{name}['retries'] = 3", f"{name}.update(pool='gpu')"]))
    return name
