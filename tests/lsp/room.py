"""A project with open documents, without a protocol: the state for the tests of the server's functions."""

from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol.types import Position
from trainspec.lsp.checking import Checker
from trainspec.lsp.completion import complete
from trainspec.lsp.documents import Document, Documents
from trainspec.lsp.hover import hover

BASE = """\
vars: {image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1}
defaults: {role: arn:aws:iam::123456789012:role/SageMakerRole}
"""
SPEC = """\
trainspec: 1
extends: base.yaml
dag: {id: churn, schedule: "@daily", start_date: 2025-04-01, catchup: false}
vars: {data: s3://my-data-bucket}
jobs:
  prepare:
    name: prepare-{{ ds }}
    image: ${vars.image}
    inputs: {train: "${vars.data}/train/"}
    output: s3://my-output-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 1h}
    metrics: {auc: "auc=([0-9.]+)"}
  train:
    name: train-{{ ds }}
    image: ${vars.image}
    inputs: {model: "${jobs.prepare.model}"}
    output: s3://my-output-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 1h}
    depends_on: [prepare]
"""


@dataclass
class Room:
    """An editor's state: a project on disk, and documents open in it."""

    root: Path
    documents: Documents = field(default_factory=Documents)

    def __post_init__(self) -> None:
        self.checker = Checker(self.documents)
        (self.root / "specs").mkdir(exist_ok=True)
        (self.root / "trainspec.toml").write_text("")

    def write(self, name: str, text: str) -> None:
        (self.root / "specs" / name).write_text(text, encoding="utf-8")

    def open(self, name: str, text: str, version: int = 1) -> Document:
        path = self.root / "specs" / name
        if not path.exists():
            path.write_text(text, encoding="utf-8")
        document = self.documents.put(path.as_uri(), version, text)
        assert document is not None
        return document

    def codes(self, document: Document) -> list[str]:
        return [found.code.id for found in self.checker.check(document)]

    def offered(self, text: str, name: str = "churn.yaml") -> list[str]:
        """What is offered at the `|` in a text."""
        document, position = self._at(text, name)
        return [item.label for item in complete(self.checker, document, position).items]

    def completed(self, text: str, label: str, name: str = "churn.yaml") -> str:
        """The text after the item called `label` was chosen at the `|`."""
        document, position = self._at(text, name)
        item = next(each for each in complete(self.checker, document, position).items if each.label == label)
        edit = item.text_edit
        assert edit is not None
        assert hasattr(edit, "range")
        start, end = (document.places.offset(each) for each in (edit.range.start, edit.range.end))
        return document.source.text[:start] + edit.new_text + document.source.text[end:]

    def hovered(self, text: str, name: str = "churn.yaml") -> str:
        """What is shown at the `|` in a text."""
        document, position = self._at(text, name)
        shown = hover(self.checker, document, position)
        return getattr(shown.contents, "value", "") if shown else ""

    def _at(self, text: str, name: str) -> tuple[Document, Position]:
        offset = text.index("|")
        document = self.open(name, text[:offset] + text[offset + 1 :])
        return document, document.places.position(offset)
