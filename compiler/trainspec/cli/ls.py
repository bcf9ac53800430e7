"""`trainspec ls`: the project's DAGs and jobs, as a table or as JSON."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from trainspec.cli.arguments import add_composition, add_paths, options
from trainspec.cli.reading import analyse_files, project_here
from trainspec.diagnostics import has_errors
from trainspec.diagnostics.excerpt import visible, visible_json
from trainspec.disk.globs import matches
from trainspec.local.table import table
from trainspec.options import Options
from trainspec.pipeline import Analysis
from trainspec.project.project import Project, UsageError
from trainspec.request.bounds import longest_of
from trainspec.request.lower import Request
from trainspec.safety.masking import conceal_all, redacted

_HEADING = ("DAG", "SCHEDULE", "JOB", "MACHINE", "LONGEST", "SPEC")
_MODIFIED = "state:modified"


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_paths(parser)
    parser.add_argument(
        "--select",
        action="append",
        default=[],
        metavar="WHAT",
        help="only DAGs with a tag (tag:nightly; tags of jobs as tag:team=ml), specs of a path or glob, or what has "
        "changed since the last commit (state:modified); a DAG must match all of them",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")
    add_composition(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the list. Specs with errors are listed as far as they can be read, and 1 is returned."""
    project = project_here()
    chosen = options(arguments, project)
    found = [each for each in analyse_files(arguments.paths, project, chosen) if each.root is not None]
    for wanted in arguments.select:
        holds = _selector(wanted, project, chosen)
        found = [each for each in found if holds(each)]
    if arguments.json:
        print(visible_json(redacted([_described(each) for each in found])))
    else:
        lines = table([_HEADING, *(row for each in found for row in _rows(each))])
        print(
            "\n".join(visible(conceal_all(line)) for line in lines) if lines else "Nothing selected.",
            file=sys.stdout if lines else sys.stderr,
        )
    wrong = dict.fromkeys(each.name for each in found if has_errors(each.findings))
    if wrong:
        print(f"trainspec: {', '.join(wrong)} cannot be compiled; `trainspec lint` shows why", file=sys.stderr)
    return 1 if wrong else 0


def _selector(wanted: str, project: Project, chosen: Options) -> Callable[[Analysis], bool]:
    """Whether a spec is selected. Raises UsageError for a selector that matches nothing."""
    if wanted == _MODIFIED:
        changed = _modified(project, chosen)
        return lambda each: each.dag_id in changed
    if wanted.startswith("tag:"):
        tag = wanted.removeprefix("tag:")
        return lambda each: tag in _tags(each)
    if wanted.startswith("state:"):
        raise UsageError(f"--select takes {_MODIFIED}, not `{wanted}`")
    path = wanted.removeprefix("path:").removeprefix("./").rstrip("/")
    return lambda each: each.name == path or each.name.startswith(f"{path}/") or matches(path, each.name)


def _modified(project: Project, chosen: Options) -> frozenset[str]:
    """The DAGs that differ from those of the last commit."""
    from trainspec.diff import Compiled, compare
    from trainspec.pipeline import plan
    from trainspec.project.revision import is_revision, project_at

    if not is_revision("HEAD", project):
        raise UsageError(f"{_MODIFIED} needs a git repository with a commit")

    def compiled(there: Project) -> dict[str, Compiled]:
        analyses = analyse_files([], there, chosen)
        sound = [each for each in analyses if each.root is not None and not has_errors(each.findings)]
        return {each.dag_id: Compiled(each, plan(each, chosen)) for each in sound}

    return frozenset(each.dag_id for each in compare(compiled(project_at("HEAD", project)), compiled(project)))


def _tags(analysis: Analysis) -> set[str]:
    found = set(analysis.data.get("dag", {}).get("tags") or ())
    for request in analysis.requests.values():
        tags = request.members.get("Tags")
        for tag in tags if isinstance(tags, list) else ():
            found |= {str(tag.get("Key")), f"{tag.get('Key')}={tag.get('Value')}"}
    return found


def _described(analysis: Analysis) -> dict[str, Any]:
    dag = analysis.data.get("dag", {})
    return {
        "dag": analysis.dag_id,
        "spec": analysis.name,
        "schedule": dag.get("schedule"),
        "tags": dag.get("tags") or [],
        "environments": list(analysis.environments),
        "jobs": [_job(name, request) for name, request in analysis.requests.items()],
    }


def _job(name: str, whole: Request) -> dict[str, Any]:
    request = whole.training.members
    machines = request.get("ResourceConfig") or {}
    groups = machines.get("InstanceGroups") or ([machines] if machines else [])
    return {
        "job": name,
        "machines": [{"type": each.get("InstanceType"), "count": each.get("InstanceCount")} for each in groups],
        "spot": bool(request.get("EnableManagedSpotTraining")),
        "max_runtime_seconds": longest_of(whole.members),
        "image": (request.get("AlgorithmSpecification") or {}).get("TrainingImage"),
    }


def _rows(analysis: Analysis) -> Iterator[Sequence[str]]:
    described = _described(analysis)
    dag, schedule = described["dag"], _schedule(described["schedule"])
    for job in described["jobs"] or [None]:
        if job is None:
            yield (dag, schedule, "", "", "", analysis.name)
            continue
        machines = ", ".join(f"{each['count'] or '?'} x {each['type'] or '?'}" for each in job["machines"])
        longest = job["max_runtime_seconds"]
        yield (dag, schedule, job["job"], machines + (" spot" if job["spot"] else ""), _time(longest), analysis.name)
        dag = schedule = ""


def _schedule(schedule: Any) -> str:
    if schedule is None:
        return "-"
    return schedule if isinstance(schedule, str) else "assets" if "assets" in str(schedule) else str(schedule)


def _time(seconds: Any) -> str:
    if not isinstance(seconds, int):
        return ""
    hours, rest = divmod(seconds, 3600)
    return "".join(f"{count}{unit}" for count, unit in ((hours, "h"), (rest // 60, "m"), (rest % 60, "s")) if count)
