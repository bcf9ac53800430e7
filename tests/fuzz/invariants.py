"""What must hold for every text that anyone calls a spec."""

import ast
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trainspec.dag.airflow import MINORS, Airflow, own_imports
from trainspec.diagnostics import Diagnostic
from trainspec.language.spec import Spec
from trainspec.pipeline import Analysis, Options, analyse, generate
from trainspec.text.source import decode

sys.path.insert(0, str(Path(__file__).parents[1]))  # if this runs as a program

from cpu_time import is_within
from test_properties import hold_to_the_grammar

SECONDS = 5.0
"""CPU seconds that one input may take. (The first inputs also pay for late imports.)"""
MOST_FINDINGS = 2_000


@dataclass
class Counts:
    """What kinds of input a run had."""

    inputs: int = 0
    unreadable: int = 0
    refused: int = 0
    compiled: int = 0
    slowest: float = 0.0
    codes: set[str] = field(default_factory=set)

    def add(self, other: "Counts") -> None:
        """Add the counts of another run."""
        self.inputs += other.inputs
        self.unreadable += other.unreadable
        self.refused += other.refused
        self.compiled += other.compiled
        self.slowest = max(self.slowest, other.slowest)
        self.codes |= other.codes

    def __str__(self) -> str:
        return (
            f"{self.inputs:,} inputs: {self.unreadable:,} unreadable, {self.refused:,} refused, {self.compiled:,} "
            f"compiled; slowest {self.slowest:.2f} s; {len(self.codes)} codes seen"
        )


def hold(content: bytes, counts: Counts) -> None:
    """Compile `content`, and assert what must hold."""
    counts.inputs += 1
    start = time.process_time()
    source = decode(content, "specs/x.yaml")
    if isinstance(source, Diagnostic):
        counts.unreadable += 1
        return
    analysis = analyse(source, Options())
    assert len(analysis.findings) <= MOST_FINDINGS, len(analysis.findings)
    counts.codes |= {found.code.id for found in analysis.findings}
    for found in analysis.findings:
        assert found.message
        assert found.span.line >= 1
        assert found.span.column >= 1
    if analysis.root is not None and analysis.data:
        _agrees(analysis)
    if analysis.is_spec and not any(found.severity == "error" for found in analysis.findings):
        counts.compiled += 1
        for airflow in MINORS:
            options = Options(airflow=airflow)
            of_minor = analyse(source, options)  # one minor may lack what the other has
            if not any(found.severity == "error" for found in of_minor.findings):
                _is_data(generate(of_minor, options), {*_named(of_minor.data, MINORS[airflow])})
    else:
        counts.refused += 1
    took = time.process_time() - start
    counts.slowest = max(counts.slowest, took)
    assert is_within(SECONDS, took), f"{took:.1f} s"


def _agrees(analysis: Analysis) -> None:
    """What the JSON Schema accepts, the models accept; an undefined name (TS2) leaves a gap."""
    if not any(found.code.id.startswith(("TS1", "TS2")) for found in analysis.findings):
        Spec.model_validate(analysis.data)


def _named(value: Any, airflow: Airflow) -> Iterator[str]:
    """The modules that a document may import in a file: those of its operators and callbacks, and the compiler's."""
    yield from (each.module for each in own_imports(airflow))
    for path in _paths(value):
        yield from (path.rpartition(".")[0], airflow.operator(path).module)


def _paths(value: Any, key: str = "") -> Iterator[str]:
    """The strings where the language expects a dotted path."""
    if isinstance(value, str) and (key in ("operator", "path") or key.endswith("_callback")):
        yield value
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _paths(below, name)
    elif isinstance(value, list):
        for below in value:
            yield from _paths(below, key)


def _is_data(source: str, modules: set[str]) -> None:
    """Only literals, imports and calls; and no import that the document does not name."""
    tree = ast.parse(source)
    hold_to_the_grammar(tree)
    assert {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} <= modules
