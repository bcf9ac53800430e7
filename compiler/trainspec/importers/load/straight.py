"""What Airflow found in a file, as the same file without names, loops and branches."""

import ast
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from trainspec.importers.from_environment import airflow_template
from trainspec.importers.links import MOST_EDGES, TOO_MANY_EDGES
from trainspec.importers.load.moving import line_of, moving
from trainspec.importers.load.run import Loaded
from trainspec.importers.model import CannotImportError
from trainspec.importers.straight import Straight, edge, named
from trainspec.importers.task_groups import FoundGroup, Names, not_said
from trainspec.importers.values import dotted
from trainspec.safety.budget import spend
from trainspec.schema.files import SPEC_SCHEMA, load_schema

Json = Mapping[str, Any]
_PLACE = re.compile(r'File "([^"]*)", line (\d+)')
_ON_OPERATOR = ("aws_conn_id", "region_name")


def straight_of(loaded: Loaded) -> Straight:
    """The DAGs and tasks that Airflow found. Raises CannotImportError if it could not load the file."""
    found = loaded.found
    if found["errors"] and not found["dags"]:
        raise CannotImportError(f"Airflow {found['airflow']} cannot load it: {_error(found['errors'][0], found)}")
    notes = [f"Airflow cannot load a part of it: {_error(each, found)}" for each in found["errors"]]
    notes += dict.fromkeys(map(_read, found.get("reads", ())))
    later = loaded.later["dags"] if loaded.later and not loaded.later["errors"] else []
    notes += moving(found["dags"], later)
    body: list[ast.stmt] = []
    tasks: list[tuple[ast.Call, str]] = []
    dags: list[ast.Call] = []
    groups: list[FoundGroup] = []
    within: dict[int, Names] = {}
    remarks = [] if later else ["could not determine which values depend on when the file is read"]
    for number, dag in enumerate(found["dags"]):
        call = _call(dotted("airflow.DAG", _at(dag)), dag["arguments"], dag)
        dags.append(call)
        body.append(named(f"dag {number}", call))
        for group in dag["groups"]:
            groups.append(FoundGroup(tuple(group["names"]), group["id"], group["line"], id(call)))
            names = not_said(group["shown"])
            notes += [f"{line_of(group)}the argument `{name}` of the task group is not carried over" for name in names]
            if group["docstring"]:
                remarks.append(f"{line_of(group)}the docstring of `{group['id']}` is a tooltip in Airflow")
        count = len(tasks)
        body += _tasks(dag, number, tasks, notes, remarks)
        inside = {task: tuple(group["names"]) for group in dag["groups"] for task in group["tasks"]}
        within |= {id(made): inside[name] for made, name in tasks[count:] if name in inside}
    calls = [made for made, _ in tasks]
    return Straight(ast.Module(body, []), dags, calls, notes, remarks, groups=tuple(groups), within=within)


def _tasks(
    dag: Json, number: int, tasks: list[tuple[ast.Call, str]], notes: list[str], remarks: list[str]
) -> Iterator[ast.stmt]:
    """The statements of a DAG's tasks and edges; adds the calls that are kept to `tasks`, with their ids in Airflow."""
    names: dict[str, list[str]] = {}
    taken = {task["id"] for task in dag["tasks"]}
    for task in dag["tasks"]:
        spend(10)
        made = list(_made(task, taken))
        if len(made) > 1 or ("mapped" in task and made):
            made_ids = f"`{made[0]['task_id']}`" + (f" to `{made[-1]['task_id']}`" if len(made) > 1 else "")
            remarks.append(f"the mapped task `{task['id']}` is written as {len(made)} tasks: {made_ids}")
        if task["lost"]:
            notes.append(f"{line_of(task)}the task `{task['id']}` is not carried over: {task['lost']}")
        if task["kind"]:
            notes.append(f"{line_of(task)}`{task['id']}` is a {task['kind']} task, which is not carried over")
        names[task["id"]] = [f"task {number} {task['id']} {index}" for index in range(max(len(made), 1))]
        for name, arguments in zip(names[task["id"]], made, strict=False):
            path = dotted(task["class"], _at(task))
            call = _call(path, _own(arguments, dag["arguments"]), task)
            call.keywords.append(ast.keyword("dag", ast.Name(f"dag {number}")))
            tasks.append((call, task["id"]))
            yield named(name, call)
        if not made:
            yield named(names[task["id"]][0], ast.copy_location(ast.Call(ast.Name("lost"), [], []), _at(task)))
    left = MOST_EDGES
    for task in dag["tasks"]:
        befores = [one for before in task["upstream"] for one in names.get(before, ())]
        left -= len(befores) * len(names[task["id"]])
        if left < 0:
            what = f"what `{task['id']}` waits for is not carried over"
            notes.append(f"{line_of(task)}{what}, nor what the tasks after it wait for: {TOO_MANY_EDGES}")
            return
        for one in befores:
            for other in names[task["id"]]:
                spend(1)
                yield edge(one, other)


def _made(task: Json, taken: set[str]) -> Iterator[dict[str, Any]]:
    """The arguments of each task that is written for a task of the DAG."""
    if task["lost"]:
        return
    if "mapped" not in task:
        yield {"task_id": task["id"], **task["arguments"]}
        return
    for index, arguments in enumerate(task["mapped"]):
        name = f"{task['id']}_{index}"
        while name in taken:
            name += "_"
        taken.add(name)
        yield {"task_id": name, **arguments}


def _own(arguments: Json, of_dag: Json) -> dict[str, Any]:
    """A task's arguments without those that come from the DAG's default_args: Airflow has put them there."""
    shared = {key: value for key, value in (of_dag.get("default_args") or {}).get("map", ()) if isinstance(key, str)}
    known = load_schema(SPEC_SCHEMA)["$defs"]["TaskArguments"]["properties"]
    kept = {}
    for name, value in arguments.items():
        is_shared = name in shared and name not in _ON_OPERATOR
        if is_shared and (name in known or name in ("start_date", "end_date")) and _alike(value, shared[name]):
            continue
        kept[name] = value
    return kept


def _alike(one: Any, other: Any) -> bool:
    """Whether two values are equal; a single callback equals a list of it."""
    several = [each["list"] if isinstance(each, Mapping) and "list" in each else [each] for each in (one, other)]
    return one == other or several[0] == several[1]


def _call(path: ast.expr, arguments: Json, at: Json) -> ast.Call:
    keywords = [ast.keyword(name, _expression(value, _at(at))) for name, value in _sorted(arguments)]
    return ast.copy_location(ast.Call(path, [], keywords), _at(at))


def _sorted(arguments: Json) -> Iterator[tuple[str, Any]]:
    """The arguments, without the default_args that no task of a spec takes: each task has those already."""
    known = load_schema(SPEC_SCHEMA)["$defs"]["TaskArguments"]["properties"]
    of_tasks = {*known, "start_date", "end_date", *_ON_OPERATOR}
    for name, value in arguments.items():
        if name == "default_args" and isinstance(value, Mapping) and "map" in value:
            yield name, {"map": [[key, each] for key, each in value["map"] if key in of_tasks]}
        else:
            yield name, value


def _expression(value: Any, at: ast.expr) -> ast.expr:
    """A value of the JSON as an expression."""
    spend(2)
    if not isinstance(value, Mapping):
        return ast.copy_location(ast.Constant(value), at)
    kind, what = next(iter(value.items()))
    made: ast.expr
    match kind:
        case "list":
            made = ast.List([_expression(each, at) for each in what])
        case "map":
            pairs = [(_expression(key, at), _expression(each, at)) for key, each in what]
            made = ast.Dict([key for key, _ in pairs], [each for _, each in pairs])
        case "seconds":
            made = ast.Call(dotted("datetime.timedelta", at), [], [ast.keyword("seconds", ast.Constant(what))])
        case "moment":
            made = _moment(what, str(value.get("zone", "UTC")), at)
        case "path":
            made = dotted(what, at)
        case "call":
            keywords = [ast.keyword(name, _expression(each, at)) for name, each in value["named"].items()]
            made = ast.Call(dotted(what, at), [_expression(each, at) for each in value["arguments"]], keywords)
        case _:
            made = ast.Name(str(what))
    return ast.copy_location(made, at)


def _moment(text: str, zone: str, at: ast.expr) -> ast.expr:
    moment = datetime.fromisoformat(text)
    parts = [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second, moment.microsecond]
    return ast.Call(
        dotted("pendulum.datetime", at), [ast.Constant(each) for each in parts], [ast.keyword("tz", ast.Constant(zone))]
    )


def _read(of: Json) -> str:
    """A note on a variable, a connection or an environment variable that the file reads while it is loaded."""
    of_environment = of["call"] == "os.environ"
    what = f"the environment variable `{of['key']}`" if of_environment else f"`{of['call']}({of['key']!r})`"
    said = f"{line_of(of)}{what} is read when the file is loaded; the spec has its current value"
    return said + (f": `{airflow_template(of['key'])}` reads it in each run" if of["call"] == "Variable.get" else "")


def _error(trace: str, found: Json) -> str:
    """The last line of a traceback, with the last line number in the DAG file."""
    places = [line for file, line in _PLACE.findall(trace) if file == found.get("file", file)]
    reason = " ".join(re.split(r"\n(?:  .*\n)+", f"\n{trace.rstrip()}")[-1].split())
    return (f"line {places[-1]}: " if places else "") + (reason[:500] or "no reason given")


def _at(of: Json) -> ast.expr:
    place = ast.Name("")
    place.lineno, place.col_offset = of["line"], 0
    return place
