"""`trainspec iam`: the least IAM policies that the jobs of specs need."""

import argparse
import sys
from typing import Any

from trainspec.cli.arguments import add_composition, add_paths, options
from trainspec.cli.reading import analyse_files, project_here
from trainspec.cli.showing import show_on_stderr
from trainspec.diagnostics import has_errors
from trainspec.diagnostics.excerpt import visible_json
from trainspec.iam import Job, caller_policy, document, execution_policy, jobs_of, left_open, trust_policy
from trainspec.iam.deployer import deployer_policy
from trainspec.project.project import UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_paths(parser)
    parser.add_argument(
        "--for",
        dest="whom",
        choices=("execution", "caller", "deployer", "preflight"),
        help="print only this policy",
    )
    parser.add_argument("--role", metavar="ARN", help="the execution role, if the specs use several")
    parser.add_argument("--region", help="the region of jobs that do not set one")
    add_composition(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the policies; 1 if the specs have errors."""
    if arguments.whom == "preflight":
        from trainspec.iam.preflight import preflight_policy
        from trainspec.preflight.account import PERMISSIONS

        print(visible_json(document(preflight_policy(PERMISSIONS.values()))))
        return 0
    project = project_here()
    analyses = analyse_files(arguments.paths, project, options(arguments, project))
    findings = [found for each in analyses for found in each.findings]
    if has_errors(findings):
        show_on_stderr([found for found in findings if has_errors([found])], project, analyses)
        return 1
    if arguments.whom == "deployer":
        sources = [source for each in analyses for source in each.sources.values()]
        if not sources:
            raise UsageError("no job has a source folder, so there is nothing to push")
        print(visible_json(document(deployer_policy(sources))))
        return 0
    jobs = [
        job
        for each in analyses
        for job in jobs_of(each.data, {k: v.members for k, v in each.requests.items()}, arguments.region)
    ]
    if not jobs:
        raise UsageError("the given specs have no jobs")
    by_role: dict[str, list[Job]] = {}
    for job in jobs:
        by_role.setdefault(job.role, []).append(job)
    print(visible_json(_asked(arguments.whom, arguments.role, jobs, by_role)))
    for sentence in left_open(jobs) if arguments.whom != "caller" else ():
        print(f"trainspec: {sentence}", file=sys.stderr)
    return 0


def _asked(whom: str | None, role: str | None, jobs: list[Job], by_role: dict[str, list[Job]]) -> dict[str, Any]:
    if role is not None and role not in by_role:
        raise UsageError(f"no job has the role `{role}`; there are {', '.join(by_role)}")
    if whom == "caller":
        return document(caller_policy(jobs))
    chosen = {role: by_role[role]} if role else by_role
    if whom == "execution" and len(chosen) > 1:
        raise UsageError(f"the specs name several roles; choose one with --role: {', '.join(chosen)}")
    policies = {name: document(execution_policy(each)) for name, each in chosen.items()}
    if whom == "execution":
        return next(iter(policies.values()))
    return {
        "execution": {
            name: {"trust": trust_policy(chosen[name]), "policy": policy} for name, policy in policies.items()
        },
        "caller": document(caller_policy(jobs)),
    }
