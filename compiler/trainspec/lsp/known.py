"""The names that are known at the cursor: variables, tasks, metrics, files, algorithms."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from trainspec.compose import extend
from trainspec.dag.task_groups import with_parents
from trainspec.diagnostics import codes
from trainspec.disk.reading import DiskTree
from trainspec.lsp.checking import Checker
from trainspec.lsp.cursor import ITEM, Steps, cursor_at
from trainspec.lsp.documents import Document
from trainspec.lsp.names import TASKS
from trainspec.lsp.show import value_shown
from trainspec.project.files import Files
from trainspec.text.parse import parse
from trainspec.text.source import Source
from trainspec.text.tree import Mapping as Map
from trainspec.text.tree import Node, Scalar, Sequence, find

if TYPE_CHECKING:
    from trainspec.request.algorithms.model import Algorithm

ATTRIBUTES = {
    "model": "the S3 path of the model",
    "name": "the job's name",
    "arn": "the job's ARN",
    "output": "the S3 path that the job writes below",
    "billable_seconds": "what AWS bills for each machine",
}
"""What a job passes on to others, in addition to its metrics."""

_MOST_FILES = 20_000
_NO_NAMES = ("include", "exclude", "max_parallel")
"""Available in addition to the variables of a matrix, and of `for_each`."""


@dataclass
class Known:
    """What may be named in a document while the line at `offset` is being written."""

    checker: Checker
    document: Document
    offset: int

    @cached_property
    def own(self) -> Map | None:
        """The document itself, without its incomplete parts."""
        return readable(self.document, self.offset)

    @cached_property
    def root(self) -> Map | None:
        """The document over the files that it extends."""
        if self.own is None:
            return None
        files = Files(self.checker.documents.with_open_texts(self.document.project))
        return extend(self.document.source, self.own, files.extended).root

    def keys_at(self, path: Steps) -> Iterator[str]:
        """The keys that the document itself has in the map at a path."""
        if self.own is None:
            return
        steps = tuple(step for step in path if step != ITEM)
        node = find(self.own, steps)
        if isinstance(node, Map) and (not steps or node is not find(self.own, steps[:-1])):
            yield from node.keys()

    def variables(self) -> dict[str, str]:
        """The variables by dotted name, with their values."""
        declared = self.root.get("vars") if self.root is not None else None
        return dict(_leaves(declared, "")) if declared is not None else {}

    def tasks(self) -> dict[str, str]:
        """The names of all tasks, with the section that each is in."""
        found = {}
        for section in TASKS:
            node = self.root.get(section) if self.root is not None else None
            found.update(dict.fromkeys(node.keys(), section.removesuffix("s")) if isinstance(node, Map) else {})
        return found

    def task_groups(self) -> list[str]:
        """The paths of the task groups, and of the groups that contain them."""
        sections = (self.root.get(name) for name in TASKS) if self.root is not None else ()
        tasks = [each.value for node in sections if isinstance(node, Map) for each in node.entries]
        named = (each.get("task_group") for each in tasks if isinstance(each, Map))
        paths = [each.text for each in named if isinstance(each, Scalar)]
        return sorted({around for path in paths for around in with_parents(path)})

    def matrix(self, job: str) -> list[str]:
        """The names of a job's matrix."""
        names = _named(self._of_job(job, "matrix"))
        return [*names, *["id"] * bool(names)]

    def combinations(self) -> list[str]:
        """The names of `for_each`."""
        names = self.root.get("for_each") if self.root is not None else None
        return _named(names)

    def metrics(self, job: str) -> dict[str, str]:
        """The metrics of a job: those that it declares, and those that its built-in algorithm has."""
        declared = self._of_job(job, "metrics")
        found: dict[str, str] = {}
        if isinstance(declared, Map):
            found |= {entry.key.text: _text(entry.value) for entry in declared.entries}
        elif isinstance(declared, Sequence):
            names = (each.get("name") for each in declared.items if isinstance(each, Map))
            found |= {name.text: "" for name in names if isinstance(name, Scalar)}
        if (algorithm := self._algorithm(job)) is not None:
            found |= dict.fromkeys(algorithm.metrics, "a metric of the algorithm")
        return found

    def results(self, own: str | None) -> dict[str, dict[str, str]]:
        """What each other job passes on, by the names of jobs."""
        jobs = self.root.get("jobs") if self.root is not None else None
        names = [*jobs.keys()] if isinstance(jobs, Map) else []
        return {
            name: {**ATTRIBUTES, **{f"metrics.{metric}": "the metric's last value" for metric in self.metrics(name)}}
            for name in names
            if name != own
        }

    def hyperparameters(self, job: str) -> dict[str, str]:
        """The hyperparameters of the built-in algorithm that a job names, with what each may be."""
        algorithm = self._algorithm(job)
        if algorithm is None:
            return {}
        return {
            each.name: f"{each.kind.replace('_', ' ')}{', required' if each.required else ''}"
            for each in algorithm.hyperparameters.values()
        }

    def channels(self, job: str) -> dict[str, str]:
        """The channels of the built-in algorithm that a job names."""
        algorithm = self._algorithm(job)
        found = algorithm.channels.values() if algorithm is not None else ()
        return {each.name: "required" if each.required else "optional" for each in found if each.name != "*"}

    def project_files(self) -> list[str]:
        """The project's YAML files, by name."""
        return list(islice(DiskTree(self.document.project.root).names(""), _MOST_FILES))

    def frameworks(self) -> dict[str, str]:
        """The frameworks that AWS publishes images of."""
        from trainspec.request.images.catalogue import frameworks

        return {name: f"{info.versions[0].version} is the newest" for name, info in frameworks().items()}

    def framework_versions(self, path: Steps) -> dict[str, str]:
        """The versions of the framework that the map at a path names."""
        from trainspec.request.images.catalogue import frameworks

        info = frameworks().get(self._name_in(path))
        return {each.version: ", ".join(each.python) for each in info.versions} if info else {}

    def framework_pythons(self, path: Steps) -> dict[str, str]:
        """The Pythons of that framework's version."""
        from trainspec.request.images.catalogue import frameworks

        info = frameworks().get(self._name_in(path))
        version = self._name_in(path, "version")
        known = [each for each in info.versions if version in (each.version, *each.aliases, "")] if info else []
        return {python: "" for each in known for python in each.python}

    def algorithms(self) -> dict[str, str]:
        """The built-in algorithms with their versions."""
        from trainspec.request.images.catalogue import algorithms

        return {f"{name}@{each.version}": "" for name, info in algorithms().items() for each in info.versions}

    def _name_in(self, path: Steps, key: str = "name") -> str:
        node = find(self.root, path) if self.root is not None else None
        name = node.get(key) if isinstance(node, Map) else None
        return name.text if isinstance(name, Scalar) else ""

    def _of_job(self, job: str, key: str) -> Node | None:
        """A field of a job, or that of `defaults`."""
        for path in (("jobs", job), ("defaults",)):
            node = find(self.root, path) if self.root is not None else None
            if isinstance(node, Map) and (value := node.get(key)) is not None:
                return value
        return None

    def _algorithm(self, job: str) -> "Algorithm | None":
        node = self._of_job(job, "algorithm")
        if not isinstance(node, Scalar):
            return None
        from trainspec.request.algorithms.table import by_name

        return by_name(node.text.partition("@")[0])


def readable(document: Document, offset: int) -> Map | None:
    """The tree of a document, or of what it would be if the line at an offset were finished, or were not there."""
    text = document.source.text
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    cursor = cursor_at(text, offset)
    quote = (
        cursor.written[:1] if cursor.written[:1] in ("'", '"') and cursor.written.count(cursor.written[0]) == 1 else ""
    )
    tried = (text, f"{text[:offset]}{quote}{cursor.closing}{text[end:]}", f"{text[:start]}{text[end:]}")
    for each in tried:
        tree, wrong = parse(Source(document.name, each))
        if isinstance(tree, Map) and not any(found.code.id == codes.SYNTAX.id for found in wrong):
            return tree
    return document.root


def _named(node: Node | None) -> list[str]:
    """The names of a matrix, or of `for_each`."""
    found = node.keys() if isinstance(node, Map) else ()
    return [name for name in found if name not in _NO_NAMES]


def _leaves(node: Node, above: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, Map):
        for entry in node.entries:
            name = f"{above}{entry.key.text}"
            yield name, value_shown(entry.value, entry.key.text)
            yield from _leaves(entry.value, f"{name}.")


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""
