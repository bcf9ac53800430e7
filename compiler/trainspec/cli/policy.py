"""`trainspec policy`: the rules of an organization tried on their examples, or listed."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from trainspec.cli.reading import project_here
from trainspec.cli.showing import show_findings
from trainspec.crossfile.facts import FileFacts
from trainspec.diagnostics import Diagnostic
from trainspec.diagnostics.formats import FORMATS
from trainspec.disk.reading import DiskTree
from trainspec.policies import PolicySet, is_policy
from trainspec.project.files import Files
from trainspec.project.project import Project, UsageError, find_specs
from trainspec.text.parse import parse
from trainspec.text.source import Source


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=("test", "list"),
        metavar="{test,list}",
        help="test the examples of the policies, or list the policies",
    )
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="files, folders or globs (default: the policies in the settings)",
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="output format of the findings of `test`")
    parser.add_argument("--strict", action="store_true", help="exit with 1 on warnings as well")


def run(arguments: argparse.Namespace) -> int:
    """Print the findings, or the list; 1 if a policy is invalid or judges an example wrongly."""
    if arguments.action is None:
        raise UsageError(
            "`trainspec policy test` tests the examples of policies, `trainspec policy list` lists the policies"
        )
    project = project_here()
    policies = _named(arguments.paths, project) if arguments.paths else project.selection.policies
    if policies is None:
        raise UsageError('the project has no policies: pass their files, or set `policies = ["policies/*.yaml"]`')
    if arguments.action == "list":
        from trainspec.cli.policies import listed

        print("\n".join(listed(policies.policies)))
        return 0
    findings, examples = _tried(policies)
    files = [FileFacts(name=each.name) for each in policies.sources]
    show_findings(findings, project, arguments.format, files, sys.stdout)
    if arguments.format == "text" and not findings:
        print(f"{_count(len(policies.policies), 'polic', 'y', 'ies')} tested, ", file=sys.stderr, end="")
        print(f"{_count(examples, 'example', '', 's')} judged correctly.", file=sys.stderr)
    fails = any(each.severity.value == "error" or arguments.strict for each in findings)
    return 1 if fails else 0


def _tried(policies: PolicySet) -> tuple[Sequence[Diagnostic], int]:
    """What is wrong with policies and their examples, and how many examples there are."""
    from trainspec.policies.examples import wrong_examples

    trees = {each.name: parse(each)[0] for each in policies.sources}
    findings = list(policies.findings)
    for policy in policies.policies:
        tree = trees[policy.span.path]
        if tree is not None:
            findings += wrong_examples(policy, tree, policies.prices)
    number = sum(len(each.good) + len(each.bad) for each in policies.policies)
    return sorted(findings, key=Diagnostic.sort_key), number


def _named(paths: Sequence[str], project: Project) -> PolicySet:
    """The policies in files that the user named. Raises UsageError for a file that is not a policy."""
    from trainspec.policies.load import PoliciesError, of_files

    files = Files(project)
    found = [files.named(path) for path in find_specs(paths, project)]
    is_one = len(found) == 1
    kept = [each for each in found if is_one or not isinstance(each, Source) or is_policy(parse(each)[0])]
    if not kept:
        raise UsageError(f"{Path(paths[0])}: no policies there; a policy is a file with `id`, `message` and `must`")
    try:
        return of_files(kept, project.tree or DiskTree(project.root), project.prices)
    except PoliciesError as why:
        raise UsageError(str(why)) from None


def _count(number: int, word: str, one: str, several: str) -> str:
    return f"{number} {word}{one if number == 1 else several}"
