"""How DAGs, tasks and task groups were created: their lines in the file, their arguments, their original values."""

from __future__ import annotations

import functools
import inspect
import sys
from pathlib import Path
from typing import Any


@functools.cache
def resolved(file: str) -> Path:
    """The path of a file without links: each task asks for those of all frames around it."""
    return Path(file).resolve()


class Record:
    """What is recorded while Airflow reads the file, by the ids of DAGs, tasks and task groups."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[int, int] = {}
        self.given: dict[int, dict[str, Any]] = {}
        self.at_first: dict[int, dict[str, Any]] = {}
        self._alive: list[Any] = []
        self._dag_class: Any = ()

    def watch(self, dag_class: Any, operator_class: Any, group_class: Any) -> None:
        """Record each DAG, task and task group that is created from here on."""
        self._dag_class = dag_class
        record, make_dag, add_task = self, dag_class.__init__, dag_class.add_task
        make_group, add_to_group = group_class.__init__, group_class.add
        positional = [name for name in inspect.signature(make_dag).parameters if name != "self"]

        @functools.wraps(make_dag)
        def init(self: Any, *arguments: Any, **named: Any) -> None:
            make_dag(self, *arguments, **named)
            record.given[id(self)] = {**dict(zip(positional, arguments)), **named}  # noqa: B905 - Python 3.9
            record._note(self)

        @functools.wraps(make_group)
        def init_group(self: Any, *arguments: Any, **named: Any) -> None:
            record.given[id(self)] = named
            record._alive.append(self)
            make_group(self, *arguments, **named)

        @functools.wraps(add_to_group)
        def add_child(self: Any, child: Any) -> Any:
            record.lines.setdefault(id(child), record.line())
            record._alive.append(child)
            return add_to_group(self, child)

        @functools.wraps(add_task)
        def add(self: Any, task: Any, *arguments: Any, **named: Any) -> Any:
            record.lines.setdefault(id(task), record.line())
            record._alive.append(task)
            return add_task(self, task, *arguments, **named)

        def call(cls: Any, *arguments: Any, **named: Any) -> Any:
            made = type.__call__(cls, *arguments, **named)
            record._note(made)
            return made

        dag_class.__init__, dag_class.add_task = init, add
        group_class.__init__, group_class.add = init_group, add_child
        type(operator_class).__call__ = call

    def changed(self, made: Any, name: str) -> bool:
        """Whether an attribute was set after the object was created."""
        before, now = self.at_first.get(id(made), {}), vars(made)
        return name in before and name in now and now[name] is not before[name]

    def dags(self) -> list[Any]:
        """The DAGs that were created, whether Airflow accepts them or not."""
        return [each for each in self._alive if isinstance(each, self._dag_class)]

    def line(self) -> int:
        """The line of the file that is being run, the innermost one."""
        frame = sys._getframe(1)
        while frame is not None:
            if str(resolved(frame.f_code.co_filename)) == self.file:
                return frame.f_lineno
            frame = frame.f_back  # type: ignore[assignment]
        return 0

    def _note(self, made: Any) -> None:
        self.lines[id(made)] = self.line() or self.lines.get(id(made), 0)
        self.at_first[id(made)] = dict(vars(made))
        self._alive.append(made)
