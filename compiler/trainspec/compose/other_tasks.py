"""The tasks other than jobs, composed: the entries of `sensors`, `tasks`, `approvals` and `triggers`, resolved."""

from collections.abc import Callable
from collections.abc import Mapping as Map

from trainspec.compose.merge import settled
from trainspec.compose.references import PREFIX, Images, JobScope, with_needed
from trainspec.compose.variables import Variables
from trainspec.diagnostics import Diagnostic
from trainspec.templates.choices import Choice
from trainspec.text.parse import MAX_NODES
from trainspec.text.tree import Entry, Mapping, Node, Scalar, mapping, with_entries

SECTIONS = ("sensors", "tasks", "approvals", "triggers")

_RENDERED: Map[str, frozenset[str]] = {
    "sensors": frozenset({"s3"}),
    "tasks": frozenset({"arguments"}),
    "approvals": frozenset({"subject", "body"}),
    "triggers": frozenset({"conf", "run_id", "logical_date"}),
}
"""The fields in which `${jobs.OTHER.model}` may stand: Airflow renders templates there, or an operator may."""


def compose_section(
    section: str,
    node: Node,
    variables: Variables,
    jobs: Map[str, Node],
    groups: Map[str, tuple[str, ...]],
    choices: dict[str, Choice],
    images: Images | None = None,
    is_built_in: Callable[[str], bool] = lambda _: False,
) -> Node:
    """The map of a section's tasks, resolved. `jobs` and the rest are those of the document, as in `JobScope`."""
    node = settled(node)
    if not isinstance(node, Mapping):
        return variables.resolve(node)
    entries: list[Entry] = []
    size = 0
    for entry in node.entries:
        scope = JobScope(
            entry.key.text,
            None,
            jobs,
            groups,
            rendered=_RENDERED[section],
            choices=choices,
            images=images,
            is_built_in=is_built_in,
        )
        entries.append(
            Entry(entry.key, _resolved(section, variables.opened(entry.value), variables.scoped({}, scope), scope))
        )
        size += entries[-1].value.size
        if size > MAX_NODES:
            return variables.too_large(
                entry.key.span, f"more than {MAX_NODES:,} values after variables are substituted"
            )
    return with_entries(node, tuple(entries))


def _resolved(section: str, task: Node, variables: Variables, scope: JobScope) -> Node:
    if not isinstance(task, Mapping):
        return variables.resolve(task)
    entries: list[Entry] = []
    for entry in task.entries:
        scope.field_name = entry.key.text
        entries.append(variables.entry(entry))
    resolved = with_entries(task, tuple(entries))
    if section == "triggers":
        resolved = _handed_over(resolved, variables, scope)
    return with_needed(resolved, scope.needed)


def _handed_over(trigger: Mapping, variables: Variables, scope: JobScope) -> Mapping:
    """`trigger` with the name and the model of its `job` in its `conf`, where that does not say so itself."""
    job, conf = trigger.get("job"), trigger.entry("conf")
    if not isinstance(job, Scalar) or (conf is not None and not isinstance(conf.value, Mapping)):
        return trigger
    scope.field_name = "conf"
    given = conf.value.entries if conf is not None and isinstance(conf.value, Mapping) else ()
    own = {entry.key.text for entry in given}
    handed = []
    for name, attribute in (("job", "name"), ("model", "model")):
        if name in own:
            continue
        found = scope.resolve(f"{PREFIX}{job.text}.{attribute}", job.via or job.span)
        if isinstance(found, Diagnostic):
            said = found.message.partition(": ")[2] or found.message  # without the `${jobs...}` that nobody wrote
            advice = found.advice.replace(f".{attribute}}}`", "`").replace("${jobs.", "") if found.advice else None
            variables.findings.append(found._replace(message=said, advice=advice))
            return trigger
        handed.append(Entry(Scalar(name, job.span), found))
    key = conf.key if conf is not None else Scalar("conf", job.span)
    entry = Entry(key, mapping((*handed, *given), conf.value.span if conf is not None else job.span))
    rest = tuple(each for each in trigger.entries if each.key.text != "conf")
    return with_entries(trigger, (*rest, entry))
