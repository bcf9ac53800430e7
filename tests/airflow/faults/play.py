"""Plays the events in one Airflow: those of single tasks side by side, those of a component one after the other."""

import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from deployment import deployed
from events import EVENTS, Event
from scene import OURS, STOCK, Counts, Scene, dag_file, settle
from trainspec.simulator import Simulator

# How long after an event its effects may still come: Airflow 2.11 lets a task that was marked successful run on for
# 20 seconds before it ends it.
SETTLE = 45
AT_ONCE = 10


@dataclass(frozen=True)
class Played:
    """One event, played in one Airflow with one operator: what was counted, or why it came to no end."""

    counts: Counts
    trouble: str = ""


Key = tuple[str, str, str]
"""Event, mode, operator."""


def keys(version: str, *, stock: bool) -> list[Key]:
    """What there is to play in Airflow `version`."""
    operators = (OURS, STOCK) if stock else (OURS,)
    rows = [(name, event) for name, event in EVENTS.items() if version in event.versions]
    return [(name, mode, operator) for name, event in rows for mode in event.modes for operator in operators]


def play(version: str, home: Path, wanted: list[Key]) -> dict[Key, Played]:
    """Start Airflow `version` in `home`, and play `wanted` there."""
    with Simulator() as simulator, deployed(version, home, simulator.url) as deployment:
        scenes = {
            key: Scene(
                deployment,
                simulator,
                "_".join(key),
                key[2],
                key[1],
                EVENTS[key[0]].retries,
                EVENTS[key[0]].arguments,
                EVENTS[key[0]].dag_arguments,
            )
            for key in wanted
        }
        for operator in {key[2] for key in wanted}:
            text = dag_file([scene for key, scene in scenes.items() if key[2] == operator])
            (deployment.airflow.dags / f"{operator}.py").write_text(text)
        deployment.wait_dags({scene.dag_id for scene in scenes.values()})
        alone = [key for key in wanted if not EVENTS[key[0]].kills]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            played = dict(zip(alone, pool.map(lambda key: _one(EVENTS[key[0]], scenes[key]), alone), strict=True))
            for name, event in EVENTS.items():
                group = [key for key in wanted if key[0] == name and event.kills]
                if group:
                    list(pool.map(lambda key: _begin(scenes[key]), group))
                    deployment.kill(event.kills)
                    if event.while_away:
                        list(pool.map(lambda key, act=event.while_away: act(scenes[key]), group))
                    time.sleep(2)
                    deployment.start(event.kills)
                    played |= zip(group, pool.map(lambda key: _one(EVENTS[key[0]], scenes[key]), group), strict=True)
    return {key: played[key] for key in wanted}


def _begin(scene: Scene) -> None:
    scene.start()
    scene.wait_waiting()


def _one(event: Event, scene: Scene) -> Played:
    trouble = ""
    try:
        event.act(scene)
    except Exception:
        trouble = traceback.format_exc(limit=-2)
    return Played(settle(scene, SETTLE, event.wanted), trouble)
