"""Every folder of tests/cases: a spec, and what it compiles to or what is found in it.

`spec.yaml` is compiled in a separate project. A spec that compiles has `requests.json` and `dag.py`, one with findings
has `findings.txt`, and the output must match exactly. `pytest --update-cases` rewrites them. Other YAML files are there
for the spec to extend; `env.txt` names the environment that it is compiled for.
"""

import json
from pathlib import Path

import pytest
from trainspec.diagnostics.show_text import show
from trainspec.pipeline import Analysis, Options, analyse, generate
from trainspec.request.check import printable
from trainspec.text.source import Source, read_source

from helpers import Golden

CASES = Path(__file__).parent / "cases"
OUTPUTS = ("requests.json", "dag.py", "findings.txt")


def _analyse(case: Path) -> Analysis:
    source = read_source(case / "spec.yaml", "spec.yaml")
    assert isinstance(source, Source)
    environment = case / "env.txt"
    chosen = Options(environment=environment.read_text(encoding="utf-8").strip() if environment.exists() else None)
    return analyse(source, chosen, lambda name: read_source(case / name, name))


def _outputs(analysis: Analysis) -> dict[str, str]:
    def lines(name: str) -> list[str]:
        return analysis.files[name].lines() if name in analysis.files else analysis.source.lines()

    findings = [found for found in analysis.findings if not found.code.id.startswith("TS5")]  # rules: test_rules.py
    if findings:
        return {"findings.txt": "\n".join(show(findings, lines)) + "\n"}
    requests = {name: printable(request.members) for name, request in analysis.requests.items()}
    return {
        "requests.json": json.dumps(requests, indent=2, ensure_ascii=False) + "\n",
        "dag.py": generate(analysis, Options()),
    }


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_case(case: Path, golden: Golden) -> None:
    outputs = _outputs(_analyse(case))
    golden({case / name: outputs.get(name) for name in OUTPUTS})


def test_no_case_is_empty() -> None:
    assert len(list(CASES.iterdir())) > 30
