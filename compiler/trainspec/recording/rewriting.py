"""Recorded requests in the form that every run sends: with its own time, and with what its own job returns."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from trainspec.importers.outputs import reference
from trainspec.importers.request import dotted_member
from trainspec.recording.clock import clocks, day_in, iso_times, without_trial
from trainspec.recording.names import Named
from trainspec.schema.values import leaves, with_leaves
from trainspec.templates import as_literal

_WORD: Final = re.compile(r"(?<![A-Za-z0-9_.-])[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_ARTIFACT: Final = re.compile(r"(s3://.+)/([A-Za-z0-9-]+)/output/model(?:\.tar\.gz|/?)")
_RUN: Final = "{{ ts_nodash }}"
_OF_RUN: Final = re.compile(r"\d{8}T\d{6}")
"""A time as `_RUN` writes it."""


@dataclass(frozen=True, slots=True)
class OfJob:
    """The job of a spec: its task id, its recorded name, and where it writes."""

    task_id: str
    name: str
    output: str


@dataclass(frozen=True)
class Rewriting:
    """What recorded names become in one spec.

    `names` are those of the spec itself, of which `of_tasks` are those of tasks, and `others` those of other specs with
    their files. `kept` are strings that name what was uploaded, which exists only once.
    """

    names: Mapping[str, Named]
    of_tasks: frozenset[str]
    others: Mapping[str, str]
    kept: frozenset[str]
    at: datetime
    _segments: dict[str, str] = field(default_factory=dict)

    def rewritten(self, request: Mapping[str, Any], job: OfJob | None = None) -> tuple[dict[str, Any], list[str]]:
        """The request with Airflow templates, and notes on what stays unchanged. `job` has ended before."""
        notes: list[str] = []

        def change(value: Any, path: tuple[str | int, ...]) -> Any:
            return self._text(value, dotted_member(path), job, notes) if isinstance(value, str) else value

        changed: dict[str, Any] = with_leaves(dict(request), change)
        notes += [
            f"{dotted_member(path)} is named after a recorded name, in every run"
            for path, _ in leaves(dict(request))
            if any(isinstance(step, str) and any(name in step for name in self.names) for step in path)
        ]
        return changed, notes

    def _text(self, value: str, where: str, job: OfJob | None, notes: list[str]) -> str:
        literal = as_literal(value).replace("$${", "${")  # `${` is left to the spec's writer
        if value in self.kept:
            return literal
        if foreign := [each for each in _WORD.findall(value) if each in self.others]:
            there = f"`{foreign[0]}`, a name of {self.others[foreign[0]]}"
            notes.append(f"{where} contains {there}, as it was in the recording")
            return literal
        if job is not None and (found := _result(value, job)) is not None:
            return found
        if _OF_RUN.fullmatch(value) and any(clocks(value, self.at)):
            return _RUN
        times = list(dict.fromkeys(iso_times(value, self.at)))
        is_time = value.strip('"') in [*times, *(value[start:end] for start, end in clocks(value, self.at))]
        for time in [value] if is_time else times:
            said = "is the" if is_time else "contains a"
            instead = "write a template, such as `{{ ts }}`"
            notes.append(f"{where} {said} time of the recording, {time}, in every run: {instead}")
        if is_time:
            return literal
        if not times and (found_day := day_in(value, self.at)) is not None:
            day, template = found_day
            notes.append(
                f"{where} contains the day of the recording, {day}, in every run: replace it with `{template}`"
            )
        return _WORD.sub(lambda found: self._word(found[0], where, job, notes), literal)

    def _word(self, word: str, where: str, job: OfJob | None, notes: list[str]) -> str:
        """A word of a string: a name, or a segment of a path."""
        if job is not None and word == job.name and word in self.names and word not in self.of_tasks:
            return reference(job.task_id, "name")
        if word in self.names:
            return self.names[word].template
        found = list(clocks(word, self.at))
        for start, end in reversed(found):
            stamp, rest = word[start:end], f"{word[:start]}\0{word[end:]}"
            if self._segments.setdefault(rest, stamp) != stamp:
                notes.append(f"{where} contains a second time of the recording, {stamp}, in every run")
                return word
            word = f"{word[:start]}{_RUN}{word[end:]}"
        return word


def _result(value: str, job: OfJob) -> str | None:
    """The reference to a result of the job that a string names; None if it names something else."""
    found = _ARTIFACT.fullmatch(value)
    if found and found[1] == job.output.rstrip("/") and _is_of(found[2], job):
        return reference(job.task_id, "model")
    head, _, name = value.rpartition("/")
    if head.endswith((":training-job", ":hyper-parameter-tuning-job")) and name == job.name.lower():
        return reference(job.task_id, "arn")
    return None


def _is_of(name: str, job: OfJob) -> bool:
    return job.name in (name, without_trial(name))
