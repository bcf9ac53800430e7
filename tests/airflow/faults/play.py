"""Plays the events in one Airflow: those of single tasks in parallel, those of a component one after the other."""

import shutil
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from deployment import deployed
from events import EVENTS, Event
from job_kinds import KINDS, TRAINING, Kind
from scene import OURS, RESUMABLE, STOCK, Counts, Scene, dag_file, settle
from trainspec.simulator import Simulator

# How long after an event its effects may still appear: Airflow 2.11 lets a task that was marked successful run for
# 20 seconds before it ends the task.
SETTLE = 45
AT_ONCE = 10


@dataclass(frozen=True)
class Played:
    """One event, played in one Airflow with one operator: what was counted, or why it did not end."""

    counts: Counts
    trouble: str = ""


class Key(NamedTuple):
    """What is played, in one Airflow."""

    event: str
    mode: str
    operator: str
    kind: str = TRAINING.name

    @property
    def words(self) -> list[str]:
        """The words that name it: the kind last, if it is not the usual one."""
        return [self.event, self.mode, self.operator, *([] if self.kind == TRAINING.name else [self.kind])]

    @property
    def asked_as(self) -> str:
        """The event's name as `--event` takes it for this kind of job."""
        return f"{self.kind}:{self.event}"


def keys(version: str, kind: Kind, *, stock: bool = False, resumable: bool = False) -> list[Key]:
    """Everything that can be played in Airflow `version` with jobs of a kind."""
    rows = [(name, mode) for name, event in EVENTS.items() if version in event.versions for mode in event.modes]
    others = {STOCK: stock, RESUMABLE: resumable and version == "3.3"}
    return [
        Key(name, mode, operator, kind.name)
        for name, mode in rows
        for operator in (OURS, *(other for other, asked in others.items() if asked and EVENTS[name].stock))
        if operator in kind.operators and (operator != RESUMABLE or mode == "sync")
    ]


def play(version: str, home: Path, wanted: list[Key]) -> dict[Key, Played]:
    """Start Airflow `version` in `home`, and play `wanted` there."""
    with Simulator() as simulator, deployed(version, home, simulator.url) as deployment:
        scenes = {
            key: Scene(
                deployment,
                simulator,
                "_".join(key.words),
                key.operator,
                key.mode,
                EVENTS[key.event].retries,
                EVENTS[key.event].arguments,
                EVENTS[key.event].dag_arguments,
                KINDS[key.kind],
            )
            for key in wanted
        }
        if any(
            key.operator == RESUMABLE for key in wanted
        ):  # Airflow 2, which reads this file as a DAG's, has no mixin
            shutil.copy(Path(__file__).with_name("resumable.py"), deployment.airflow.dags)
        for kind, operator in {(key.kind, key.operator) for key in wanted}:
            text = dag_file([scene for key, scene in scenes.items() if (key.kind, key.operator) == (kind, operator)])
            (deployment.airflow.dags / f"dags_of_{kind}_{operator}.py").write_text(text)
        deployment.wait_dags({scene.dag_id for scene in scenes.values()})
        by_end: dict[tuple[str, bool], list[Key]] = {}
        for key in wanted:
            by_end.setdefault(EVENTS[key.event].ends, []).append(key)
        found: dict[Key, Played] = {}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for (component, kill), group in sorted(by_end.items()):  # first those without a component
                pairs = [(EVENTS[key.event], scenes[key]) for key in group]
                begun = [""] * len(group)
                if component:
                    begun = list(pool.map(lambda pair: _trouble(_begin, pair[1]), pairs))
                    deployment.end(component, kill=kill)
                    list(pool.map(lambda pair: _trouble(pair[0].while_away, pair[1]), pairs))
                    time.sleep(2)
                    deployment.start(component)
                found |= zip(group, pool.map(_one, pairs, begun), strict=True)
    return {key: found[key] for key in wanted}


def _begin(scene: Scene) -> None:
    scene.start()
    scene.wait_waiting()


def _one(pair: tuple[Event, Scene], trouble: str) -> Played:
    event, scene = pair
    trouble = trouble or _trouble(event.act, scene)
    return Played(settle(scene, SETTLE, event.wanted_on(scene.deployment.version)), trouble)


def _trouble(act: Callable[[Scene], None], scene: Scene) -> str:
    """What went wrong in `act`, or nothing: trouble in one scene does not affect the others."""
    try:
        act(scene)
    except Exception:
        return traceback.format_exc(limit=-2)
    return ""
