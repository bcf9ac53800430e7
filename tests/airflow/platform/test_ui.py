"""What the user interface shows of the pipeline: groups in a readable graph, docs of a task, links to its job."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, browser
from running import GOOD, Platform

RUN = f"/dags/churn_pipeline/runs/{GOOD}"
JOB = f"churn-prepare-dev-{GOOD.replace('-', '')}T000000"


@pytest.fixture(scope="module")
def pictures(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = request.config.option.screenshots or tmp_path_factory.mktemp("screenshots")
    return folder


@pytest.fixture(scope="module")
def window(platform: Platform) -> Iterator[Browser]:
    with browser(platform.deployment.rest.address) as window:
        window.open("/", "Dags")  # which also logs in
        yield window


def test_the_graph_has_the_points_in_their_group(window: Browser, pictures: Path) -> None:
    window.open(RUN, "choose.gate")
    window.press("Show Graph")
    window.press("Expand all task groups")
    window.wait("raw_data", "prepare", "train", "depth-4_eta-0.1", "depth-6_eta-0.3", "choose", "choose.gate", "drift")
    window.press("Collapse Details Panel")
    window.press("Fit View")
    window.keep(pictures / "airflow_graph.png")


def test_a_tasks_page_links_to_its_job_and_to_the_logs(window: Browser, pictures: Path) -> None:
    window.open(f"{RUN}/tasks/prepare/details", "Training job", "Training logs")
    console = "https://us-east-1.console.aws.amazon.com"
    assert window.link("Training job") == f"{console}/sagemaker/home?region=us-east-1#/jobs/{JOB}"
    assert window.link("Training logs").endswith(f"$3FlogStreamNameFilter$3D{JOB}$252F")
    window.keep(pictures / "airflow_task.png")


def test_a_tasks_docs_name_its_place_and_show_its_request(window: Browser, pictures: Path) -> None:
    window.open("/dags/churn_pipeline/tasks/prepare", "TrainingJobOperator")
    window.press("Documentation")
    window.wait("Compiled from specs/platform/churn_pipeline.yaml:", '"TrainingJobName": "churn-prepare-dev-')
    window.keep(pictures / "airflow_docs.png")


def test_the_log_shows_the_jobs_own(window: Browser, pictures: Path) -> None:
    window.open(f"{RUN}/tasks/prepare", f"Creating training job: {JOB}", "Model artifact: s3://company-models-dev/")
    window.keep(pictures / "airflow_log.png")
