"""`trainspec init`: a starter project, with the checks in the editor, in hooks and in CI, and its first DAG file."""

import argparse
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from trainspec.cli import starter
from trainspec.cli.pipelines import DEPLOYS
from trainspec.cli.starter import Wish
from trainspec.disk.reading import DiskTree, UnreadableError
from trainspec.disk.writing import place, write_new, write_over
from trainspec.options import DEFAULT_AIRFLOW, airflow_minor
from trainspec.project.project import UsageError, root_around
from trainspec.request.images.regions import not_a_region
from trainspec.schema.files import SPEC_SCHEMA, schema_path
from trainspec.text.source import MAX_BYTES

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/.+")
_FORMS = {
    "region": (re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]"), "an AWS region such as eu-west-1"),
    "role": (_ROLE, "the ARN of a role such as arn:aws:iam::123456789012:role/SageMakerRole"),
    "bucket": (re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"), "the name of a bucket such as my-bucket"),
}

_FIRST = "generated_dags/example.py"
_CI = ("github", "gitlab", "none")
_QUESTIONS = {
    "region": ("AWS region of the jobs", "us-east-1"),
    "role": ("ARN of their execution role", "arn:aws:iam::123456789012:role/SageMakerRole"),
    "bucket": ("Bucket of data and models", "my-bucket"),
    "airflow": ("Airflow version", DEFAULT_AIRFLOW),
    "ci": ("CI: github, gitlab or none", "github"),
}
"""Questions on a terminal for options that are not set, and the defaults without an answer."""


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "folder", nargs="?", default=".", metavar="DIR", help="target folder (default: the working folder)"
    )
    parser.add_argument("--region", help="the AWS region of the first spec (us-east-1)")
    parser.add_argument("--role", metavar="ARN", help="the execution role of its jobs")
    parser.add_argument("--bucket", help="the bucket of its data and models (my-bucket)")
    parser.add_argument("--airflow", metavar="VERSION", help=f"Airflow ({DEFAULT_AIRFLOW})")
    parser.add_argument("--ci", choices=_CI, help="the CI system (github)")
    parser.add_argument(
        "--deploy",
        choices=DEPLOYS,
        default="none",
        help="where CI deploys merged changes: s3 for Amazon MWAA, a branch for an Airflow bundle, or an image (none)",
    )
    parser.add_argument(
        "--install",
        metavar="REQUIREMENT",
        help="what CI installs with pip, such as a wheel's address or `trainspec @ git+https://…`",
    )
    parser.add_argument(
        "-y", "--yes", action="store_true", help="ask no questions; options that are not set get their defaults"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the files that are not there yet and compile; what a file that is there lacks is shown."""
    if not arguments.yes and sys.stdin.isatty() and sys.stderr.isatty():
        _ask_for(arguments)
    root, wish = Path(arguments.folder), _wish(arguments)
    try:
        place(root, root_around(Path.cwd()))
        kept = {name: text for name, text in _files(root, wish).items() if not _write(root / name, text, root)}
        _write_schema(root)
    except OSError as error:
        raise UsageError(f"cannot write {os.path.relpath(error.filename)}: {error.strerror}") from error
    _show_kept(root, wish, kept)
    code = _compile(root)
    print(f"Next: edit specs/example.yaml, and run `trainspec compile`{_in(arguments.folder)}.", file=sys.stderr)
    if ".pre-commit-config.yaml" not in kept:
        print("`pre-commit install` starts the hooks.", file=sys.stderr)
    if wish.ci != "none" and arguments.install is None and " @ " not in wish.install:
        print(
            f"CI installs `{wish.install}`: put a wheel on your index, or set what pip installs with `--install`.",
            file=sys.stderr,
        )
    return code


def _ask_for(arguments: argparse.Namespace) -> None:
    """Ask for what the command line does not say; nothing typed, or the end of the input, is the default."""
    for name, (question, default) in _QUESTIONS.items():
        while getattr(arguments, name) is None:
            print(f"{question} [{default}]: ", end="", file=sys.stderr, flush=True)
            try:
                answer = input().strip() or default
            except EOFError:
                print(file=sys.stderr)
                return
            if why := _wrong(name, answer):
                print(f"  {why}; try again", file=sys.stderr)
            else:
                setattr(arguments, name, answer)


def _wrong(name: str, value: str) -> str | None:
    """What is wrong with an answer."""
    form = _FORMS.get(name)
    if form is not None and not form[0].fullmatch(value):
        return f"this takes {form[1]}"
    if name == "region":
        return not_a_region(value)
    if name == "airflow" and airflow_minor(value) is None:
        return f"this takes a version such as {DEFAULT_AIRFLOW}"
    return f"this takes one of {', '.join(_CI)}" if name == "ci" and value not in _CI else None


def _wish(arguments: argparse.Namespace) -> Wish:
    for name, (_, default) in _QUESTIONS.items():
        if getattr(arguments, name) is None:
            setattr(arguments, name, default)
    for name, (form, wanted) in _FORMS.items():
        if not form.fullmatch(getattr(arguments, name)):
            raise UsageError(f"--{name} takes {wanted}, not `{getattr(arguments, name)}`")
    if why := not_a_region(arguments.region):
        raise UsageError(f"--region: {why}")
    airflow = airflow_minor(arguments.airflow)
    if airflow is None:
        raise UsageError(f"--airflow takes a version such as {DEFAULT_AIRFLOW}, not `{arguments.airflow}`")
    install = arguments.install or starter.installed_from()
    if re.search(r'["\n\\$`]', install):
        raise UsageError("--install takes what pip installs, without quotes")
    if arguments.deploy != "none" and arguments.ci != "github":
        raise UsageError("--deploy is for --ci github")
    return Wish(arguments.region, arguments.role, arguments.bucket, airflow, install, arguments.ci, arguments.deploy)


def _files(root: Path, wish: Wish) -> Mapping[str, str]:
    """The contents of the files, by name. Settings go to where the project already has its own."""
    own = {} if (root / "pyproject.toml").exists() else {"trainspec.toml": starter.settings(wish)}
    return {
        "specs/example.yaml": starter.spec(wish),
        **own,
        ".pre-commit-config.yaml": starter.PRE_COMMIT,
        ".gitattributes": starter.ATTRIBUTES,
        ".gitignore": starter.IGNORE,
        **starter.EDITOR,
        **starter.pipeline(wish),
    }


def _write(path: Path, text: str, root: Path) -> bool:
    try:
        write_new(path, text, root)
    except FileExistsError:
        return False
    print(f"wrote {path.as_posix()}")
    return True


def _write_schema(root: Path) -> None:
    """The copy for the editor, which nobody edits: always the newest one, even if there is an older one."""
    text = schema_path(SPEC_SCHEMA).read_text(encoding="utf-8")
    if not _write(root / starter.SCHEMA, text, root):
        write_over(root / starter.SCHEMA, text, root)


def _show_kept(root: Path, wish: Wish, kept: Mapping[str, str]) -> None:
    """What to add to the files that were there: nothing of a user's own is changed."""
    snippets = dict(kept)
    snippets.pop("specs/example.yaml", None)
    if (root / "pyproject.toml").exists():
        snippets["pyproject.toml"] = starter.settings(wish, "tool.trainspec")
    for name in kept:
        print(f"kept {(root / name).as_posix()}: it already exists")
    for name, text in snippets.items():
        if not _holds(DiskTree(root), name, text):
            print(f"\nAdd to {(root / name).as_posix()}, if it is not there yet:\n")
            print("".join(f"    {line}" for line in text.splitlines(keepends=True)))


def _holds(tree: DiskTree, name: str, text: str) -> bool:
    """Whether a file has all lines of `text` that are not blank or comments."""
    try:
        there = {line.strip() for line in tree.read(name, MAX_BYTES).decode("utf-8").splitlines()}
    except (UnreadableError, ValueError):
        return False
    return all(line.strip() in there for line in text.splitlines() if line.strip() and not line.startswith("#"))


def _compile(root: Path) -> int:
    """The first compile, its file named as the others are."""
    from trainspec.cli.main import main

    before, was_there = Path.cwd(), (root / _FIRST).exists()
    os.chdir(root)
    try:
        code = main(["compile", "--quiet"])
    finally:
        os.chdir(before)
    if not was_there and (root / _FIRST).exists():
        print(f"wrote {(root / _FIRST).as_posix()}")
    return code


def _in(folder: str) -> str:
    return "" if folder == "." else f" in {folder}"
