"""DAGs, tasks and edges, as the calls of a DAG file create them."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from trainspec.airflow_api.model import Signature
from trainspec.airflow_api.operators import find
from trainspec.importers.from_environment import by_default, is_of_airflow, is_variable, is_within_template
from trainspec.importers.links import TOO_MANY_EDGES
from trainspec.importers.values import Dag, Given, Group, Label, Output, Reference, Task, dotted, unknown
from trainspec.options import DEFAULT_AIRFLOW
from trainspec.safety.budget import spend
from trainspec.schema.files import SPEC_SCHEMA, load_schema

if TYPE_CHECKING:
    from trainspec.importers.interpret import Interpreter

AIRFLOW_2 = "2.11"
OF_DEFAULT_ARGS = ("aws_conn_id", "region_name")
"""Default arguments of a DAG that a spec sets at each job."""
TEMPLATED = (
    "config", "bash_command", "env", "op_args", "op_kwargs", "templates_dict", "bucket_key", "bucket_name", "conf",
    "sql", "query", "source_bucket_key", "dest_bucket_key", "source_bucket_name", "dest_bucket_name",
)  # fmt: skip
"""Arguments in which Airflow's operators render templates, for operators that no table knows."""


def make_dag(run: "Interpreter", node: ast.Call, called: Reference, given: Given) -> Dag:
    """A DAG."""
    given.positional[:1] = [plain_id(run, each, node) for each in given.positional[:1]]
    if "dag_id" in given.named:
        given.named["dag_id"] = plain_id(run, given.named["dag_id"], node)
    made = Dag(len(run.made_dags), _located(run, node, called, given), given.named.get("default_args"))
    run.made_dags.append(made)
    return made


def plain_id(run: "Interpreter", name: Any, node: ast.AST) -> Any:
    """An id without environment variables, which a spec cannot have in an id."""
    if is_of_airflow(name):
        return unknown(ast.copy_location(ast.Name(by_default(name)), node))
    if not is_variable(name):
        return name
    run.note(node, f"the id `{by_default(name)}` depends on the environment; the spec has its default")
    return by_default(name)


def _put_defaults(
    run: "Interpreter", node: ast.Call, called: Reference, given: Given, defaults: Mapping[str, Any]
) -> None:
    """Put the default arguments of a group among those of its task, if the operator has them."""
    known = signature_of(called.path)
    taken = {*load_schema(SPEC_SCHEMA)["$defs"]["TaskArguments"]["properties"], *(known.arguments if known else ())}
    taken |= {
        *(_OF_SENSORS if called.name.endswith("Sensor") else ()),
        *(OF_DEFAULT_ARGS if _is_of_aws(called) else ()),
    }
    for name, value in defaults.items():
        if name in taken:
            given.named.setdefault(name, value)
        elif known is None and name not in given.named:
            run.note(node, f"`{name}` of the default arguments of the task group is not carried over to this task")


_OF_SENSORS = (
    "poke_interval", "timeout", "soft_fail", "mode", "exponential_backoff", "max_wait", "silent_fail", "never_fail",
)  # fmt: skip
"""The arguments that every sensor takes in addition to those of every task."""


def _is_of_aws(called: Reference) -> bool:
    return ".amazon." in called.path


def make_task(run: "Interpreter", node: ast.Call, called: Reference, given: Given) -> Task:
    """A task of an imported operator."""
    dag = given.named.pop("dag", None)
    group = given.named.pop("task_group", None)
    if group is not None and not isinstance(group, Group):
        run.note(node, "the `task_group` of the task is not carried over: it cannot be read")
    made = _new_task(run, node, given, dag if isinstance(dag, Dag) else None, group)
    if made.group is not None:
        _put_defaults(run, node, called, given, made.group.default_args)
    for name in OF_DEFAULT_ARGS:
        defaults = made.dag.default_args if made.dag else None
        if isinstance(defaults, dict) and name in defaults and _is_of_aws(called):
            given.named.setdefault(name, defaults[name])
    if made.task_id is not None:
        given.named["task_id"] = made.task_id
    made.arguments, made.written = given.named, lambda: _located(run, node, called, given)
    if run.in_doubt:
        made.kept = False
        run.note(node, f"the task {_said(made)} is not carried over: whether it is created is only known at run time")
    return made


def make_lost_task(run: "Interpreter", node: ast.Call, why: str, given: Given, name: str | None = None) -> Task:
    """A task that a spec cannot express: it is noted, and the edges go around it."""
    if name is not None:
        given.named.setdefault("task_id", name)
    made = _new_task(run, node, given, None, None)
    made.kept = False
    run.note(node, f"the task {_said(made)} is not carried over: {why}")
    return made


def _new_task(run: "Interpreter", node: ast.Call, given: Given, dag: Dag | None, group: Any) -> Task:
    task_id = given.named.get("task_id")
    inside = group if isinstance(group, Group) else run.groups[-1] if run.groups else None
    if isinstance(task_id, str) and inside is not None:
        task_id = inside.prefix + task_id
    task_id = plain_id(run, task_id, node)
    around = dag or (run.dags[-1] if run.dags else inside.dag if inside is not None else None)
    made = Task(len(run.tasks), node, around, task_id if isinstance(task_id, str) else None)
    run.tasks.append(made)
    if inside is not None:
        made.group = inside
        inside.members.append(made)
    pairs = [(before, made) for before in _tasks_in([*given.positional, *given.named.values()])]
    _add(run, pairs, f"what {_said(made)} waits for", node)
    return made


def link(run: "Interpreter", before: Any, after: Any, node: ast.expr) -> None:
    """`before >> after`, each a task, a group or a list of them."""
    if isinstance(after, Label):
        after.before.append(before)
        for each in after.after:
            link(run, before, each, node)
        return
    if isinstance(before, Label):
        before.after.append(after)
        for each in before.before:
            link(run, each, after, node)
        return
    ends = (_ends(before), _ends(after))
    if None in ends:
        run.note(node, f"the edge `{ast.unparse(node)[:100]}` is not carried over completely: it cannot be read")
    elif run.in_doubt:
        run.note(
            node,
            f"the edge `{ast.unparse(node)[:100]}` is not carried over: whether it exists is only known at run time",
        )
        return
    pairs = ((one, other) for one in ends[0] or () for other in ends[1] or ())
    _add(run, pairs, f"the edge `{ast.unparse(node)[:100]}`", node)


def _add(run: "Interpreter", pairs: Iterable[tuple[Task | Group, Task | Group]], what: str, node: ast.AST) -> None:
    """Add the edges of `pairs`, as many as the limit allows."""
    if not all(run.links.add(before, after) for before, after in pairs):
        run.note(node, f"{what} is not carried over completely: {TOO_MANY_EDGES}")


def call_expression(run: "Interpreter", node: ast.Call, called: Reference, given: Given) -> ast.Call:
    """A call with its arguments as literals."""
    keywords = [
        ast.keyword(name, run.expression(_for_field(run, value, None, node), node))
        for name, value in given.named.items()
    ]
    keywords += [ast.keyword(None, unknown(each).node) for each in given.open]
    return ast.copy_location(ast.Call(dotted(called.path, node), _positional(run, node, given), keywords), node)


def _positional(run: "Interpreter", node: ast.Call, given: Given) -> list[ast.expr]:
    return [run.expression(_for_field(run, value, None, node), node) for value in given.positional]


def _located(run: "Interpreter", node: ast.Call, called: Reference, given: Given) -> ast.Call:
    """The call with each argument at its line in the file."""
    places = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    keywords = [
        ast.keyword(name, run.expression(_for_field(run, value, (called, name), at), at))
        for name, value in given.named.items()
        for at in (places.get(name, node),)
    ]
    keywords += [ast.keyword(None, unknown(each).node) for each in given.open]
    return ast.copy_location(ast.Call(dotted(called.path, node), _positional(run, node, given), keywords), node)


def signature_of(path: str) -> Signature | None:
    """What a class takes, by the newest Airflow's table or by Airflow 2's; None for one that is in no table."""
    module, _, name = path.rpartition(".")
    return next((known for minor in (DEFAULT_AIRFLOW, AIRFLOW_2) if (known := find(module, name, minor))), None)


def _is_rendered(called: Reference, argument: str) -> bool:
    """Whether it is certain that Airflow renders templates in an argument of a class."""
    if called.name == "DAG":
        return False
    known = signature_of(called.path)
    if known is not None:
        return argument in (known.renders or ())
    return called.path.startswith("airflow.") and argument in TEMPLATED


def _for_field(run: "Interpreter", value: Any, argument: tuple[Reference, str] | None, at: ast.expr) -> Any:
    """`value` as an `argument` of a class can hold it: Airflow variables only in templates, and never in keys.

    None is for the arguments of other calls, which have no templates.
    """
    spend(1)
    if id(value) in run.unreadable:
        return value
    if isinstance(value, dict):
        names = [each for each in value if is_of_airflow(each)]
        if names:
            return unknown(ast.copy_location(ast.Name(by_default(names[0])), at))
        kept = {key: _for_field(run, below, argument, at) for key, below in value.items()}
        return kept if any(kept[key] is not below for key, below in value.items()) else value
    if isinstance(value, list | tuple):
        items = [_for_field(run, below, argument, at) for below in value]
        return items if any(one is not other for one, other in zip(items, value, strict=True)) else value
    if is_of_airflow(value) and (argument is None or not _is_rendered(*argument) or is_within_template(value)):
        return unknown(ast.copy_location(ast.Name(by_default(value)), at))
    return value


def _said(task: Task) -> str:
    return f"`{task.task_id}`" if task.task_id else "without a readable id"


def _ends(value: Any) -> list[Task | Group] | None:
    """The tasks and groups on one side of an edge; None if it cannot be read."""
    if isinstance(value, Task | Group):
        return [value]
    if isinstance(value, Output):
        return [value.task]
    if value is None:
        return []
    if isinstance(value, list | tuple):
        below = [_ends(each) for each in value]
        known = [one for each in below if each is not None for one in each]
        return known if len(below) == sum(each is not None for each in below) else None
    return None


def _tasks_in(values: Any) -> Iterator[Task]:
    spend(1)
    if isinstance(values, Task | Output):
        yield values if isinstance(values, Task) else values.task
    elif isinstance(values, dict):
        for each in values.values():
            yield from _tasks_in(each)
    elif isinstance(values, list | tuple):
        for each in values:
            yield from _tasks_in(each)
