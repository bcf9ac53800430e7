"""What a user sees if there is no image: problems.txt contains every message in full."""

from pathlib import Path
from typing import Any, get_args

import pytest
from trainspec.request.images import Field, ImageProblem, What, resolve_algorithm, resolve_framework

from helpers import Golden

EXPECTED = Path(__file__).with_name("problems.txt")
GPU: dict[str, str | None] = {"version": None, "region": "us-east-1", "instance_type": "ml.g5.xlarge"}

# kind of request, and arguments that override those in GPU
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("framework", {"name": "pytorc", "version": "2.3"}),
    ("framework", {"name": "scikit-learn", "version": "1.2-1"}),
    ("framework", {"name": "kmeans", "version": "1"}),
    ("framework", {"name": "deepar"}),
    ("framework", {"name": "llama", "version": "3"}),
    ("algorithm", {"name": "linear_learner", "version": "1"}),
    ("algorithm", {"name": "pytorch", "version": "2.3"}),
    ("algorithm", {"name": "tensorflo", "version": "2.3"}),
    ("framework", {"name": "pytorch"}),
    ("algorithm", {"name": "xgboost"}),
    ("framework", {"name": "pytorch", "version": "2.3.7"}),
    ("framework", {"name": "pytorch", "version": "2.11"}),
    ("framework", {"name": "tensorflow", "version": "2.15"}),
    ("framework", {"name": "sklearn", "version": "1.2", "instance_type": "ml.m5.large"}),
    ("framework", {"name": "pytorch", "version": "newest"}),
    ("algorithm", {"name": "kmeans", "version": "2"}),
    ("framework", {"name": "huggingface", "version": "4.6"}),
    ("framework", {"name": "huggingface", "version": "4.6", "pytorch": "1.9"}),
    ("framework", {"name": "huggingface", "version": "4.36", "tensorflow": "2.6"}),
    ("framework", {"name": "huggingface", "version": "4.17", "pytorch": "1.10", "tensorflow": "2.6"}),
    ("framework", {"name": "xgboost", "version": "1.7-1", "pytorch": "2.3"}),
    ("framework", {"name": "pytorch", "version": "2.3", "instance_type": None}),
    ("framework", {"name": "pytorch", "version": "2.3", "instance_type": "g5.xlarge"}),
    ("framework", {"name": "pytorch", "version": "2.3", "instance_type": "large"}),
    ("framework", {"name": "pytorch", "version": "2.3", "instance_type": "ml.trn1.2xlarge"}),
    ("framework", {"name": "pytorch", "version": "2.3", "instance_type": "ml.p2.xlarge"}),
    ("framework", {"name": "sklearn", "version": "1.4-2"}),
    ("algorithm", {"name": "kmeans", "version": "1", "instance_type": "ml.trn1.2xlarge"}),
    ("framework", {"name": "pytorch", "version": "1.4"}),
    ("framework", {"name": "pytorch", "version": "2.3", "python": "py310"}),
    ("framework", {"name": "pytorch", "version": "2.3", "python": "3.11"}),
    ("framework", {"name": "xgboost", "version": "1.7-1", "python": "py3"}),
    ("algorithm", {"name": "kmeans", "version": "1", "region": None}),
    ("framework", {"name": "pytorch", "version": "2.3", "region": "us-east1"}),
    ("framework", {"name": "pytorch", "version": "2.3", "region": "{{ params.region }}"}),
    ("framework", {"name": "pytorch", "version": "1.13", "region": "me-west-1"}),
    ("framework", {"name": "chainer", "version": "5.0", "python": "py3", "region": "us-isof-south-1"}),
    ("algorithm", {"name": "lda", "version": "1", "region": "eu-north-1"}),
]


def problem(kind: str, arguments: dict[str, Any]) -> ImageProblem:
    arguments = {**GPU, **arguments}
    answer = resolve_framework(**arguments) if kind == "framework" else resolve_algorithm(**arguments)
    assert isinstance(answer, ImageProblem)
    return answer


def shown(kind: str, arguments: dict[str, Any]) -> str:
    """A request and its problem in the form of problems.txt."""
    found = problem(kind, arguments)
    asked = ", ".join(f"{key}: {value or 'none'}" for key, value in arguments.items())
    lines = [f"{kind} {asked}", f"  {found.what} at {found.field}: {found.message}", f"  advice: {found.advice}"]
    if found.nearest:
        lines.append(f"  nearest: {', '.join(found.nearest)}")
    return "\n".join(lines) + "\n"


def test_problems(golden: Golden) -> None:
    golden({EXPECTED: "\n".join(shown(*question) for question in QUESTIONS)})


def test_every_kind_of_problem_is_shown() -> None:
    found = [problem(*question) for question in QUESTIONS]
    assert {each.what for each in found} == set(get_args(What))
    assert {each.field for each in found} == set(get_args(Field))


@pytest.mark.parametrize("text", ["", " ", "\n", "{version}", "{0}", "é", "a" * 10_000, "../..", "2.3\n"])
def test_no_text_is_an_exception(text: str) -> None:
    for argument in ("name", "version", "python", "pytorch", "tensorflow", "region", "instance_type"):
        assert problem("framework", {"name": "huggingface", "version": "4.17", "pytorch": "1.10", argument: text})
