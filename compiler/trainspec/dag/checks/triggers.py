"""The triggers of watchers: whether a provider has such a class, what it takes, and whether it can watch an asset."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from trainspec.dag.callables import signature_of_trigger
from trainspec.dag.checks.allowed import watchers
from trainspec.dag.checks.operators import check_arguments
from trainspec.dag.expressions import Import, by_path, check_path
from trainspec.diagnostics import codes, did_you_mean
from trainspec.text.fault import Fault
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.airflow_api.model import Signature
    from trainspec.language.data import SpecData


def check_triggers(data: "SpecData") -> Iterator[Fault]:
    """What is wrong with the triggers of the watchers in the validated `data` of a spec."""
    for at, watcher in watchers(data):
        trigger = watcher.get("trigger")
        if isinstance(trigger, str) and check_path(trigger) is None:
            imported = by_path(trigger)
            signature = signature_of_trigger(imported)
            if signature is None:
                yield from _no_such_trigger(imported, (*at, "trigger"))
            else:
                yield from _no_event(imported, signature, (*at, "trigger"))
                yield from check_arguments(imported, signature, frozenset(), watcher.get("arguments") or {}, at)


def _no_event(imported: Import, signature: "Signature", at: Path) -> Iterator[Fault]:
    """The finding for a trigger that Airflow rejects in a watcher: `AssetWatcher` needs a `BaseEventTrigger`."""
    from trainspec.airflow_api.model import EVENT_TRIGGER
    from trainspec.airflow_api.operators import TRIGGERS, modules, table_of

    if signature.root == EVENT_TRIGGER:
        return
    provider = table_of(imported.module, "3")
    known = [
        f"`{module}.{name}`"
        for module, row in modules(TRIGGERS).items()
        for name, each in row["classes"].items()
        if each["root"] == EVENT_TRIGGER and provider in (None, table_of(module, "3"))
    ]
    message = f"`{imported.name}` cannot watch an asset: it is not an event trigger"
    there = f"use an event trigger, such as {known[0]}" if known else "use a class that derives from `BaseEventTrigger`"
    yield Fault(codes.NO_EVENT_TRIGGER, at, message, there)


def _no_such_trigger(imported: Import, at: Path) -> Iterator[Fault]:
    """The finding for a class that its provider does not have. Of providers without a table, nothing is said."""
    from trainspec.airflow_api.operators import AIRFLOW_2, TRIGGERS, modules, source_of, table_of

    module, name = imported.module, imported.name or ""
    table = table_of(module, "3")
    if table in (None, AIRFLOW_2) or name.startswith("_"):
        return
    known = modules(TRIGGERS)
    release = source_of(str(table)).replace("apache-airflow-", "").replace("==", " ")
    here = known.get(module, {}).get("classes", {})
    message = f"`{module}` has no trigger `{name}` (in {release})"
    if not here:
        message = f"there is no module `{module}` with triggers (in {release})"
    places = {each: f"{there}.{each}" for there, row in known.items() for each in row["classes"]}
    near = did_you_mean(name, here) or (f"it is `{places[name]}`" if name in places else did_you_mean(name, places))
    yield Fault(codes.UNKNOWN_OPERATOR, at, message, near)
