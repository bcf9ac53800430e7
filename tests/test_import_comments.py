"""`trainspec import` of DAG files keeps the comments at what becomes of their statements."""

import textwrap
import time

import pytest
from trainspec.editing.format import formatted
from trainspec.importers.comments import comments_of
from trainspec.importers.dag_file import import_dag_file
from trainspec.importers.write import spec_text
from trainspec.options import Options
from trainspec.pipeline import analyse
from trainspec.text.source import Source

HEAD = """
from airflow import DAG
from airflow.decorators import dag
from airflow.operators.bash import BashOperator
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
"""


def spec(body: str) -> str:
    (imported,) = import_dag_file(HEAD + textwrap.dedent(body))
    return formatted(Source("imported.yaml", spec_text(imported))).text


def test_comments_stand_at_what_they_are_about() -> None:
    text = spec(
        """
        # Risk agreed on this request.
        config = {
            "TrainingJobName": "n-{{ ts_nodash }}",
            "ResourceConfig": {
                "InstanceCount": 2,  # one is too slow
            },
        }

        # Nightly, when the lake is filled.
        with DAG("d", schedule="@daily"):  # owned by risk
            # Trains the model:
            # it takes an hour.
            train = SageMakerTrainingOperator(
                task_id="train",
                config=config,
                retries=2,  # spot machines go away
            )

            # Tells everybody.
            train >> BashOperator(task_id="report", bash_command="echo")
            # about nothing
        """
    )
    assert "dag:\n  # Nightly, when the lake is filled.\n  # owned by risk\n  id: d\n" in text, text
    assert (
        "jobs:\n  # Risk agreed on this request.\n  # InstanceCount: one is too slow\n  # Trains the model:\n"
        "  # it takes an hour.\n  # retries: spot machines go away\n  train:\n" in text
    ), text
    assert "tasks:\n  # Tells everybody.\n  report:\n" in text
    assert "about nothing" not in text


def test_a_comment_of_a_loop_is_said_once() -> None:
    text = spec(
        """
        with DAG("d"):
            for each in "ab":
                # one for each country
                SageMakerTrainingOperator(task_id="train_" + each, config={"TrainingJobName": each})
        """
    )
    assert text.count("one for each country") == 1


def test_the_decorator_of_a_dag() -> None:
    text = spec(
        """
        # the nightly one
        @dag(schedule=None)
        def d():
            SageMakerTrainingOperator(task_id="train", config={"TrainingJobName": "n"})
        d()
        """
    )
    assert "dag:\n  # the nightly one\n  id: d\n" in text


@pytest.mark.parametrize(
    "comment",
    [
        "# trainspec: ignore[TS401]",
        "# why not # trainspec: ignore-file[TS401]",
        "# noqa: E501",
        "# type: ignore",
        "#",
        "# yaml-language-server: $schema=x",
    ],
)
def test_what_is_meant_for_tools_is_left_out(comment: str) -> None:
    text = spec(f'with DAG("d"):\n    {comment}\n    SageMakerTrainingOperator(task_id="t", config={{}})\n')
    assert "#" not in text, text


def test_hostile_comments_stay_comments() -> None:
    comments = ["# a: b \x07 \x85 jobs: {x: 1}", "# - ${vars.x} {{ ds }}", "#\u2028injected: true", f"# {'x' * 5000}"]
    lines = "".join(f"    {each}\n" for each in comments)
    text = spec(f'with DAG("d"):\n{lines}    SageMakerTrainingOperator(task_id="t", config={{}})\n')
    assert list(analyse(Source("s.yaml", text), Options()).data["jobs"]) == ["t"]
    assert max(map(len, text.splitlines())) < 300


def test_a_file_that_is_no_python_has_no_comments() -> None:
    assert comments_of("# a\nwith (").by_line == {}


def test_no_secret_comes_over_in_a_comment() -> None:
    token = f"ghp_{'a1B2' * 9}"
    text = spec(
        f"""
        with DAG("d"):
            # the token was {token}
            SageMakerTrainingOperator(task_id="t", config={{}})  # password: hunter2-hunter2
        """
    )
    assert "the token was ***" in text
    assert token not in text
    assert "hunter2" not in text


def test_many_comments_are_work_for_their_lines_alone() -> None:
    lines = "".join(f"        'K{number}': 'v',  # about {number}\n" for number in range(4_000))
    body = (
        f"SageMakerTrainingOperator(task_id='t', config={{'TrainingJobName': 'n', 'Environment': {{\n{lines}    }}}})"
    )
    start = time.process_time()
    (imported,) = import_dag_file(f"{HEAD}with DAG('d'):\n    {body}\n")
    assert time.process_time() - start < 5
    assert imported.comments["t"][0] == "K0: about 0"
