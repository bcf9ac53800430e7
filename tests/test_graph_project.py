"""`trainspec graph` for a whole project: what connects DAGs, and what does not."""

import shutil
from pathlib import Path
from typing import Any, cast

from trainspec.graph import Arrow, Dag, build_project
from trainspec.graph.mermaid import mermaid
from trainspec.graph.svg import svg
from trainspec.language.data import SpecData

from helpers import ROOT, Run


def dag(dag_id: str, reads: str = "", writes: str = "", **data: Any) -> Dag:
    request: dict[str, object] = {"OutputDataConfig": {"S3OutputPath": writes}} if writes else {}
    if reads:
        request["InputDataConfig"] = [{"ChannelName": "c", "DataSource": {"S3DataSource": {"S3Uri": reads}}}]
    return Dag(dag_id, cast("SpecData", data), {"job": request})


def edges(*dags: Dag) -> set[tuple[str, str, Arrow]]:
    return {(edge.tail, edge.head, edge.arrow) for edge in build_project("p", dags).edges}


def test_data_between_dags_is_what_one_writes_and_another_reads() -> None:
    found = edges(
        dag("a", writes="s3://b/models/"),
        dag("c", reads="s3://b/models/{{ ds }}/model.tar.gz"),
        dag("d", reads="s3://b/models-of-others/"),
    )
    assert found == {
        ("dag:a", "data:s3://b/models/", Arrow.HEAD),
        ("data:s3://b/models/", "dag:c", Arrow.HEAD),
    }


def test_a_bucket_alone_joins_nobody() -> None:
    assert edges(dag("a", writes="s3://b/"), dag("c", reads="s3://b/")) == set()


def test_assets_triggers_and_sensors_join_dags() -> None:
    found = edges(
        dag("a", jobs={"j": {"outlets": ["s3://b/table"]}}, triggers={"t": {"dag": "c"}}),
        dag("c", dag={"schedule": {"assets": ["s3://b/table"]}}, sensors={"s": {"dag": "elsewhere"}}),
    )
    assert found == {
        ("dag:a", "asset:s3://b/table", Arrow.HEAD),
        ("asset:s3://b/table", "dag:c", Arrow.HEAD),
        ("dag:a", "dag:c", Arrow.HEAD),
        ("dag:elsewhere", "dag:c", Arrow.HEAD),
    }


def test_circles_are_drawn() -> None:
    two = [dag("a", triggers={"t": {"dag": "c"}}), dag("c", triggers={"t": {"dag": "a"}})]
    assert [each[2] for each in edges(*two)] == [Arrow.BOTH]
    three = [dag(name, triggers={"t": {"dag": other}}) for name, other in ("ab", "bc", "ca")]
    assert sorted(each[2].value for each in edges(*three)) == ["head", "head", "tail"]
    drawn = svg(build_project("p", three))
    assert drawn.count("marker-start=") == 1
    assert "-->" in mermaid(build_project("p", three))


def test_a_project(project: Path, trainspec: Run) -> None:
    text = (ROOT / "specs/sagemaker_training_dag.yaml").read_text()
    shutil.rmtree(project / "specs")
    (project / "specs").mkdir()
    for name in ("one", "two"):
        (project / f"specs/{name}.yaml").write_text(text.replace("id: sagemaker_training_dag", f"id: {name}"))
    drawn = trainspec("graph")
    assert drawn.returncode == 0, drawn.stderr
    assert "one<br>1 job" in drawn.stdout
    assert "two<br>1 job" in drawn.stdout
