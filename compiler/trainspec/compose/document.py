"""From a file's tree to the composed document: environment and defaults merged, variables substituted."""

from collections.abc import Iterator
from collections.abc import Mapping as Map
from itertools import islice
from typing import NamedTuple

from trainspec.compose import environments
from trainspec.compose.best import tasks_with
from trainspec.compose.dag_id import hidden_module, id_place, no_name, resolved_id, written_id
from trainspec.compose.for_each import FIELD as FOR_EACH
from trainspec.compose.for_each import Combinations, combinations_of, same_ids
from trainspec.compose.jobs import ImageOf, IsAlgorithm, Jobs
from trainspec.compose.merge import is_removal, settled
from trainspec.compose.names import leaves, mentioned
from trainspec.compose.other_tasks import SECTIONS, compose_section
from trainspec.compose.variables import Variables
from trainspec.diagnostics import Diagnostic, Span, codes, has_errors
from trainspec.options import Options
from trainspec.templates.choices import Choice
from trainspec.text.parse import MAX_FAULTS
from trainspec.text.tree import Entry, Mapping, Node, Scalar, mapping

COMMAND_LINE = "--var"
"""What the place of a variable's value is called that no file holds."""

BASE = "default"
"""What `${env}` is where no environment is merged onto the spec."""

_PLAIN = Options()


class Composed(NamedTuple):
    """A document with nothing left to resolve: `dag` and the jobs in full, without `defaults`.

    `jobs` of the document holds each point of a matrix by its task's id; `groups` has these ids by the job's name, none
    if the matrix is wrong; `bounds` says how many of them may run at once. `variables` are the names that `--var`
    may give a value to. `holes` are the places of `${...}` for which there is no value; each has a finding.
    `choices` are the tasks that choose the best of a matrix, by their ids; `tasks` of the document has them, too.
    `combinations` are those of `for_each`, as the command line names them; the document is one of them.
    """

    root: Mapping
    dag_id: str
    findings: tuple[Diagnostic, ...]
    groups: Map[str, tuple[str, ...]] = {}
    environments: tuple[str, ...] = ()
    variables: frozenset[str] = frozenset()
    bounds: Map[str, int] = {}
    holes: frozenset[Span] = frozenset()
    choices: Map[str, Choice] = {}
    combinations: tuple[str, ...] = ()


def compose(
    root: Mapping,
    default_id: str,
    options: Options = _PLAIN,
    own: str | None = None,
    image_of: ImageOf = lambda _: None,
    is_algorithm: IsAlgorithm = lambda _: False,
) -> Composed:
    """The composed document of the spec `root`.

    `default_id` is the DAG's id where the spec gives none; of the `options` those of the command line count, and the
    environment's account and region. `own` names the file whose unused variables are reported.
    `image_of` gives the image of a job's fields, `is_algorithm` whether an image is that of one of AWS's algorithms.
    """
    environment = options.environment
    findings = list(islice(environments.check(root, environment, options.environments), MAX_FAULTS))
    whole, root = root, environments.patched(root, environment)
    given = _variables(root, default_id, options)
    combined = combinations_of(root, given)
    variables = given.with_more(combined.values(options.combination)) if root.get(FOR_EACH) is not None else given
    variables.holes.update(each.span for each in (combined.stand_ins or {}).values())
    declared = root.get("vars")
    of_environment = {"account": options.account, "region": options.region}
    jobs = Jobs(root.get("defaults"), variables, of_environment, image_of, is_algorithm)
    written_jobs = root.get("jobs")
    composed_jobs = jobs.compose(written_jobs) if written_jobs is not None and not is_removal(written_jobs) else None
    entries = []
    for entry in root.entries:
        key, value = entry.key.text, entry.value
        if is_removal(value) or (key == "defaults" and isinstance(variables.opened(value), Mapping)):
            continue
        if key == "jobs" and composed_jobs is not None:
            value = composed_jobs
        elif key == FOR_EACH:
            value = given.resolve(value)
        elif key in SECTIONS:
            of_images = (jobs.image, jobs.is_built_in)
            value = compose_section(key, value, variables, jobs.known, jobs.groups, jobs.choices, *of_images)
        elif key != "environments":
            value = variables.resolve(settled(value)) if key == "dag" else settled(value)
        entries.append(Entry(entry.key, value))
    composed = _with_choices(mapping(tuple(entries), root.span), jobs.choices)
    findings += no_name(root, default_id)
    identity = resolved_id(root, default_id, variables)
    findings += hidden_module(root, default_id, identity)
    findings += combined.findings
    if len(combined.points) > 1 and not has_errors(variables.findings):
        place = id_place(root, own or root.span.path)
        findings += same_ids(root, combined, _ids(root, default_id, given, combined), place)
    findings += variables.findings
    used = {*mentioned(whole), *(mentioned(root) if root is not whole else ())}
    if not has_errors(findings):
        findings += _unused(root, used, own)
    names = frozenset({*used, *(declared.keys() if isinstance(declared, Mapping) else ())})
    patches, holes = environments.names(whole), frozenset(variables.holes)
    groups, bounds = jobs.groups, jobs.bounds
    return Composed(
        composed,
        identity,
        tuple(findings),
        groups,
        patches,
        names,
        bounds,
        holes,
        jobs.choices,
        combined.labels,
    )


def _with_choices(composed: Mapping, choices: Map[str, Choice]) -> Mapping:
    """The document with the tasks that choose among its `tasks`."""
    if not choices:
        return composed
    tasks = composed.entry("tasks")
    if tasks is None:
        added = tasks_with(None, choices)
        return mapping((*composed.entries, Entry(Scalar("tasks", added.span), added)), composed.span)
    entry = Entry(tasks.key, tasks_with(tasks.value, choices)) if isinstance(tasks.value, Mapping) else tasks
    return mapping(tuple(entry if each is tasks else each for each in composed.entries), composed.span)


def dag_ids(root: Mapping, default_id: str, options: Options = _PLAIN) -> list[str]:
    """The ids of the DAGs alone, of a document that `compose` would take: one, or one for each combination."""
    root = environments.patched(root, options.environment)
    variables = _variables(root, default_id, options)
    if root.get(FOR_EACH) is None:
        return [resolved_id(root, default_id, variables)]
    return _ids(root, default_id, variables, combinations_of(root, variables))


def _ids(root: Mapping, default_id: str, variables: Variables, found: Combinations) -> list[str]:
    """The DAG's id in each combination; the `variables` of the document are read once for all of them."""
    numbers = range(max(1, len(found.points)))
    return [resolved_id(root, default_id, variables.separate_with(found.values(number))) for number in numbers]


def _unused(root: Mapping, used: set[str], own: str | None) -> Iterator[Diagnostic]:
    """The file's own variables that nothing uses.

    A variable that overrides one of an extended file is not its own. One whose value is used elsewhere through a YAML
    alias counts as used.
    """
    declared = root.get("vars")
    elsewhere: set[Span] | None = None
    for entry in declared.entries if isinstance(declared, Mapping) else ():
        name = entry.key.text
        if name in used or entry.value.replaced is not None or entry.key.span.path != own:
            continue
        elsewhere = elsewhere or {
            span for each in root.entries if each.value is not declared for span in _spans(each.value)
        }
        if elsewhere.isdisjoint(_spans(entry.value)):
            message = f"the variable `{name}` is not used"
            yield Diagnostic(codes.UNUSED_VARIABLE, entry.key.span, message, "remove it", f"vars.{name}")


def _spans(node: Node) -> Iterator[Span]:
    """Where `node` and all below it was written."""
    yield node.span
    below = [entry.value for entry in node.entries] if isinstance(node, Mapping) else getattr(node, "items", ())
    for each in below:
        yield from _spans(each)


def _variables(root: Mapping, default_id: str, options: Options) -> Variables:
    """What the whole document can name with `${...}`; those of the command line come before its own."""
    given = {f"vars.{name}": Scalar(value, _command_line(name)) for name, value in options.variables.items()}
    declared = root.get("vars")
    written = dict(leaves("vars", settled(declared) if declared is not None else None))
    environment = Scalar(options.environment or BASE, root.span, plain=False)
    return Variables({**written, **given, "dag.id": written_id(root, default_id), "env": environment})


def _command_line(name: str) -> Span:
    return Span(f"{COMMAND_LINE} {name}", 1, 1, 1, 1)
