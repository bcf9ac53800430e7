"""The plan of a DAG file → its text."""

import keyword
import re
from functools import cache
from typing import Any

from trainspec.dag.expressions import Import, source
from trainspec.dag.plan import DagPlan, TaskPlan

_STANDARD_LIBRARY = ("datetime",)


def emit(plan: DagPlan) -> str:
    """The DAG file without its header: imports, the DAG, its tasks, their order."""
    variables = _variables(plan.tasks)
    tasks = [
        {
            "variable": variables.get(task.task_id),
            "place": f"{one_line(task.span.path)}:{task.span.line}",
            "operator": task.operator,
            "arguments": task.arguments,
        }
        for task in plan.tasks
    ]
    edges = [(variables[name], variables[task.task_id]) for task in plan.tasks for name in task.upstream]
    text: str = _template().render(imports=_import_blocks(plan.imports), dag=plan, tasks=tasks, edges=edges)
    return text.lstrip("\n") + "\n"


def one_line(text: str) -> str:
    """`text` for a comment: what could end the line or hide in it is escaped."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


@cache
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(  # noqa: S701  # the output is Python; values pass through `source`
        loader=PackageLoader("trainspec.dag"), undefined=StrictUndefined, keep_trailing_newline=False
    )
    environment.filters["source"] = source
    return environment.get_template("dag.py.jinja")


def _import_blocks(imports: frozenset[Import]) -> list[list[str]]:
    """Import lines in the blocks and the order that `ruff check` wants."""
    standard = [each for each in imports if each.module in _STANDARD_LIBRARY]
    others = [each for each in imports if each.module not in _STANDARD_LIBRARY]
    return [_import_lines(block) for block in (standard, others) if block]


def _import_lines(block: list[Import]) -> list[str]:
    whole = sorted(f"import {each.module}" for each in block if each.name is None)
    by_module: dict[str, list[str]] = {}
    for each in sorted(block, key=lambda each: (each.module, each.name or "")):
        if each.name:
            by_module.setdefault(each.module, []).append(each.name)
    return [*whole, *(f"from {module} import {', '.join(_sorted(names))}" for module, names in by_module.items())]


def _sorted(names: list[str]) -> list[str]:
    """Isort's order of imported names: constants, classes, the rest."""
    return sorted(names, key=lambda name: (not name.isupper(), not name[:1].isupper(), name))


def _variables(tasks: tuple[TaskPlan, ...]) -> dict[str, str]:
    """A Python name for each task that another one waits for, or that waits: the task's id, made a name."""
    linked = {name for task in tasks for name in task.upstream} | {task.task_id for task in tasks if task.upstream}
    taken: set[str] = set()
    variables = {}
    for task in tasks:
        if task.task_id in linked:
            base = re.sub(r"\W", "_", task.task_id, flags=re.ASCII)[:30]
            base = f"task_{base}" if keyword.iskeyword(base) or base[0].isdigit() or base in _IMPORTED else base
            name, count = base, 2
            while name in taken:
                name, count = f"{base}_{count}", count + 1
            taken.add(name)
            variables[task.task_id] = name
    return variables


_IMPORTED = ("DAG", "Asset", "Dataset", "TrainingJobOperator", "pendulum", "timedelta")
