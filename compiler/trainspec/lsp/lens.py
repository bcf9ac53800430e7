"""A code lens above each job, and the request that it shows."""

import json
from collections.abc import Iterator

from lsprotocol.types import CodeLens, Command
from trainspec.lsp.checking import Checker
from trainspec.lsp.documents import Document
from trainspec.request.check import printable
from trainspec.safety.masking import redacted
from trainspec.text.tree import Mapping

SHOW_REQUEST = "trainspec.showRequest"


def lenses(document: Document) -> list[CodeLens]:
    """One for each job of a document: its request."""
    return list(_lenses(document))


def _lenses(document: Document) -> Iterator[CodeLens]:
    root = document.root
    jobs = root.get("jobs") if root is not None and root.get("trainspec") is not None else None
    for entry in jobs.entries if isinstance(jobs, Mapping) else ():
        what = "requests" if isinstance(entry.value, Mapping) and entry.value.get("matrix") is not None else "request"
        command = Command(f"show {what}", SHOW_REQUEST, arguments=[document.uri, entry.key.text])
        yield CodeLens(document.places.of(entry.key.span), command)


def request_of(checker: Checker, document: Document, job: str) -> str | None:
    """The CreateTrainingJob request of a job as JSON, for a matrix that of each point; None if there is none.

    Templates are as they are, secrets are not shown.
    """
    analysis = checker.analysis(document)
    points = analysis.groups.get(job, (job,))
    found = {name: analysis.requests[name].members for name in points if name in analysis.requests}
    if not found:
        return None
    shown = {name: redacted(printable(members)) for name, members in found.items()}
    return json.dumps(shown if job in analysis.groups else shown[job], indent=2, ensure_ascii=False) + "\n"
