"""`trainspec graph`: what the picture contains, and that nothing in a spec can break it."""

import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trainspec.graph import Edge, Graph, Kind, Node
from trainspec.graph.layout import Bend, Step, lay_out
from trainspec.graph.mermaid import mermaid
from trainspec.graph.model import TIMES
from trainspec.graph.svg import svg

from helpers import ROOT, Run, tried

SWEEP = "specs/platform/churn_sweep.yaml"
PIPELINE = "specs/platform/churn_pipeline.yaml"
SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "title", "style", "defs", "marker", "path", "rect", "g", "text"}


@pytest.fixture
def project(project: Path) -> Path:
    """A project with the example specs."""
    shutil.copytree(ROOT / "specs", project / "specs", dirs_exist_ok=True)
    return project


def test_a_matrix_is_one_node_and_references_are_edges(trainspec: Run) -> None:
    drawn = trainspec("graph", SWEEP, "--env", "prod")
    assert (drawn.returncode, drawn.stderr) == (0, "")
    assert drawn.stdout == (Path(__file__).parent / "data" / "graph" / "churn_sweep.mmd").read_text()


def test_what_stands_around_the_jobs_is_drawn_too(trainspec: Run) -> None:
    drawn = trainspec("graph", PIPELINE)
    assert drawn.stdout == (Path(__file__).parent / "data" / "graph" / "churn_pipeline.mmd").read_text()


def test_the_picture_in_the_docs_is_what_the_command_draws(trainspec: Run) -> None:
    drawn = trainspec("graph", PIPELINE, "--env", "prod", "--format", "svg")
    assert drawn.stdout == (ROOT / "docs" / "images" / "churn_pipeline.svg").read_text()


def test_format_follows_the_name_of_the_file(trainspec: Run, project: Path) -> None:
    assert trainspec("graph", SWEEP, "-o", "a.svg").returncode == 0
    assert trainspec("graph", SWEEP, "-o", "a.md").returncode == 0
    assert (project / "a.svg").read_text().startswith("<svg ")
    assert (project / "a.md").read_text().startswith("flowchart LR\n")


def test_errors_of_the_spec_and_of_use(trainspec: Run, project: Path) -> None:
    (project / "bad.yaml").write_text("trainspec: 1\njobs: {train: {imagee: x}}\n")
    (project / "fragment.yaml").write_text("vars: {a: 1}\n")
    bad, fragment = trainspec("graph", "bad.yaml"), trainspec("graph", "fragment.yaml")
    nowhere = trainspec("graph", SWEEP, "-o", "no/such/folder/a.svg")
    assert (bad.returncode, fragment.returncode, nowhere.returncode) == (1, 2, 2)
    assert "imagee" in bad.stderr
    assert not bad.stdout
    assert "fragment" in fragment.stderr
    assert "No such file or directory" in nowhere.stderr


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Graphs without cycles, with any text in them."""
    texts = st.text(max_size=60)
    count = draw(st.integers(0, 12))
    nodes = [
        Node(str(number), draw(st.sampled_from(Kind)), draw(texts), draw(texts), draw(st.integers(1, 3)))
        for number in range(count)
    ]
    pairs = [(tail, head) for head in range(count) for tail in range(head)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    edges = [Edge(str(tail), str(head), draw(texts), draw(st.booleans())) for tail, head in chosen]
    return Graph(draw(texts), tuple(draw(st.permutations(nodes))), tuple(edges))


@tried(100)
@given(graphs())
def test_no_text_becomes_markup(graph: Graph) -> None:
    drawn = ElementTree.fromstring(svg(graph))  # noqa: S314  # our own
    assert {each.tag.removeprefix(SVG) for each in drawn.iter()} <= ALLOWED
    assert not [name for each in drawn.iter() for name in each.attrib if name.startswith("on") or "href" in name]


@given(graphs())
def test_mermaid_holds_a_line_for_each_node_and_edge(graph: Graph) -> None:
    lines = mermaid(graph).splitlines()
    assert len(lines) == 1 + len(graph.nodes) + len(graph.edges)
    quotes = [line.count('"') for line in lines[1:]]
    assert all(count == 2 for count in quotes[: len(graph.nodes)])
    assert all(count in (0, 2) for count in quotes[len(graph.nodes) :])


@given(graphs())
def test_layers_run_from_left_to_right_and_no_boxes_meet(graph: Graph) -> None:
    def height(step: Step) -> float:
        return 10.0 if isinstance(step, Bend) else 50.0

    layout = lay_out(graph, height)
    layer = {step: number for number, column in enumerate(layout.layers) for step in column}
    assert {step for step in layer if isinstance(step, str)} == {node.id for node in graph.nodes}
    assert all(layer[edge.tail] < layer[edge.head] for edge in graph.edges)
    for route in layout.routes.values():
        assert [layer[step] for step in route] == list(range(layer[route[0]], layer[route[-1]] + 1))
    for above, below in _neighbours(layout.layers):
        distance = layout.middles[below] - layout.middles[above]
        assert distance >= (height(above) + height(below)) / 2 - 1e-6


def _neighbours(layers: tuple[tuple[Step, ...], ...]) -> Iterator[tuple[Step, Step]]:
    for column in layers:
        yield from pairwise(column)


def test_the_source_and_the_image_of_a_job(trainspec: Run) -> None:
    drawn = trainspec("graph", "specs/local/train_and_evaluate.yaml").stdout
    assert "ml.m5.large, sagemaker-scikit-learn:1.2-1-cpu-py3" in drawn
    assert '[/"src<br>train.py"/]' in drawn
    assert '[/"src<br>evaluate.py"/]' in drawn


TUNE = """
trainspec: 1
dag: {id: t, schedule: null, start_date: 2025-04-01}
defaults:
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
  role: arn:aws:iam::123456789012:role/MyRole
  output: s3://my-bucket/models/
  stopping: {max_runtime: 30m}
  metrics: {auc: "auc=([0-9.]+)"}
jobs:
  tune:
    name: tune
    inputs: {train: s3://my-bucket/train/}
    tuning:
      strategy: Random
      objective: {metric: auc, goal: Maximize}
      ranges: {eta: {min: 0.1, max: 0.5}}
      limits: {jobs: 1200, parallel: 4}
      resources: {instances: [{instance_type: ml.m5.large, instance_count: 1, volume_size: 10}]}
  grid:
    name: grid
    resources: {instance_type: ml.m5.large, instance_count: 2, volume_size: 10GB}
    tuning:
      strategy: Grid
      objective: {metric: auc, goal: Maximize}
      ranges: {eta: [a, b], depth: [c, d, e]}
      limits: {parallel: 2}
  some:
    name: some
    resources: {instance_type: ml.m5.large, instance_count: 2, volume_size: 10GB}
    tuning:
      strategy: "{{ params.how }}"
      objective: {metric: auc, goal: Maximize}
      ranges: {eta: {min: 0.1, max: 0.5}}
      limits: {jobs: "{{ params.jobs }}", parallel: 1}
"""


def test_a_tuning_job_says_all_machines_that_it_chooses_from(trainspec: Run, project: Path) -> None:
    second = "{instance_type: ml.p4d.24xlarge, instance_count: 2, volume_size: 10}"
    (project / "t.yaml").write_text(TUNE.replace("volume_size: 10}]", f"volume_size: 10}}, {second}]"))
    drawn = trainspec("graph", "t.yaml")
    assert f"4 at once, 1 {TIMES} ml.m5.large or 2 {TIMES} ml.p4d.24xlarge, my-algo:1<br>" in drawn.stdout, drawn.stderr


def test_a_tuning_job_says_how_it_searches(trainspec: Run, project: Path) -> None:
    (project / "t.yaml").write_text(TUNE)
    drawn = trainspec("graph", "t.yaml")
    assert drawn.returncode == 0, drawn.stderr
    for said in (
        f'"tune<br>Random tuning: 1,200 trials, 4 at once, 1 {TIMES} ml.m5.large, my-algo:1<br>at most 600 ',
        f'"grid<br>Grid tuning: 6 trials, 2 at once, 2 {TIMES} ml.m5.large, my-algo:1<br>at most 6 machine hours"',
        f'"some<br>tuning: 1 at once, 2 {TIMES} ml.m5.large, my-algo:1<br>',
        '("s3://my-bucket/train/")',
    ):
        assert said in drawn.stdout, drawn.stdout
    picture = trainspec("graph", "t.yaml", "--format", "svg").stdout
    assert 'class="box tuning"' in picture
    assert ">tuning job<" in picture
    assert ">training job<" not in picture


def test_task_groups_are_frames_in_each_other(trainspec: Run) -> None:
    drawn = trainspec("graph", str(ROOT / "tests" / "cases" / "good_task_groups" / "spec.yaml"))
    assert (drawn.returncode, drawn.stderr) == (0, "")
    assert drawn.stdout == (Path(__file__).parent / "data" / "graph" / "task_groups.mmd").read_text()
