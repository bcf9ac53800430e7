"""A project as a git commit has it: nothing is checked out, its files are read from git's objects by their ids."""

from pathlib import Path

from trainspec.disk import git
from trainspec.project.project import SETTINGS, SUFFIXES, Project, UsageError, find_project_in


def is_revision(name: str, project: Project) -> bool:
    """Whether git knows `name` as a commit, in the project's repository. Raises UsageError without git."""
    try:
        return git.is_commit(name, project.root)
    except git.GitError as error:
        raise UsageError(str(error)) from None


def project_at(revision: str, project: Project) -> Project:
    """The project as `revision` has it, with the settings of then. Raises UsageError if git cannot answer.

    Its root is a path of the working tree, from which nothing is read.
    """
    try:
        prefix = git.prefix_of(project.root) or ""
        tree = git.CommitTree.of(revision, project.root, (*SUFFIXES, *SETTINGS))
    except git.GitError as error:
        raise UsageError(f"{revision}: {error}") from None
    return find_project_in(tree, _above(project.root, prefix), prefix)


def code_at(revision: str, project: Project) -> git.CommitTree:
    """All files of a commit, with names from the project's root on. Raises UsageError if git cannot answer."""
    try:
        prefix = git.prefix_of(project.root) or ""
        return git.CommitTree.of(revision, project.root, ("",)).below(prefix)
    except git.GitError as error:
        raise UsageError(f"{revision}: {error}") from None


def _above(folder: Path, prefix: str) -> Path:
    """The repository's root, from which `prefix` leads to `folder`."""
    for _ in prefix.split("/") if prefix else ():
        folder = folder.parent
    return folder
