"""`trainspec import`: an imported request compiles to the same request, whatever it was imported from."""

import ast
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from hypothesis import HealthCheck, given, settings
from jinja2 import Environment
from trainspec.diagnostics import codes
from trainspec.importers.dag_file import import_dag_file
from trainspec.importers.model import CannotImportError
from trainspec.importers.request import import_request
from trainspec.importers.sources import read_text
from trainspec.importers.write import spec_text
from trainspec.pipeline import Options, analyse
from trainspec.request.check import printable
from trainspec.request.fields import JOB, OUTPUT_ONLY, members
from trainspec.schema.files import API_SCHEMA, load_schema
from trainspec.schema.values import leaves
from trainspec.templates import for_airflow
from trainspec.text.source import Source

from api_requests import requests
from cpu_time import cpu_seconds
from helpers import Golden, Run, is_thorough

SOURCES = Path(__file__).parent / "imports"


def made(text: str) -> dict[str, Any]:
    """The only request of a spec, as `trainspec request` prints it; all its members are native fields."""
    analysis = analyse(Source("x.yaml", text), Options())
    ours = [found for found in analysis.findings if found.code.id in codes.CODES]  # rules are not tested here
    assert ours == [], text
    (request,) = analysis.requests.values()
    assert all(field[:1] != ("request",) for field in request.origins.values())
    return printable(request.members)


def as_airflow_renders(text: str) -> dict[str, Any]:
    analysis = analyse(Source("x.yaml", text), Options())
    (request,) = analysis.requests.values()
    environment = Environment()  # noqa: S701

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: walk(below) for key, below in value.items()}
        if isinstance(value, list):
            return [walk(below) for below in value]
        return environment.from_string(for_airflow(value)).render() if isinstance(value, str) else value

    rendered: dict[str, Any] = walk(request.members)
    return rendered


@pytest.mark.generated
@settings(
    max_examples=int(os.environ.get("TRAINSPEC_EXAMPLES") or (60 if is_thorough() else 8)),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(requests())
def test_requests_come_back(request: dict[str, Any]) -> None:
    text = spec_text(import_request(request))
    assert made(text) == request
    assert as_airflow_renders(text) == request


def api_leaves(reference: str, path: str = "") -> Iterator[str]:
    """Every member of the request that has a value, as a dotted path with `*` for indexes and keys."""
    shape = load_schema(API_SCHEMA)["$defs"][reference.rsplit("/", 1)[-1]]
    if "properties" in shape:
        for name, below in shape["properties"].items():
            yield from api_leaves(below["$ref"], f"{path}.{name}" if path else name)
    elif shape["type"] == "array":
        yield from api_leaves(shape["items"]["$ref"], f"{path}.*")
    elif shape["type"] == "object":
        yield from api_leaves(shape["additionalProperties"]["$ref"], f"{path}.*")
    else:
        yield path


def create_training_job() -> Any:
    """The operation in botocore's own model of the API."""
    return botocore.session.Session().get_service_model("sagemaker").operation_model("CreateTrainingJob")


def botocore_leaves(shape: Any, path: str = "") -> Iterator[str]:
    """The same from botocore's model."""
    if shape.type_name == "structure":
        for name, below in shape.members.items():
            yield from botocore_leaves(below, f"{path}.{name}" if path else name)
    elif shape.type_name in ("list", "map"):
        yield from botocore_leaves(shape.member if shape.type_name == "list" else shape.value, f"{path}.*")
    else:
        yield path


def test_every_member_has_a_field_and_every_field_a_member() -> None:
    api = set(api_leaves(load_schema(API_SCHEMA)["$ref"]))
    implied = {f"{base}.{name}" for base, name in _implied()}
    ours = {member for _, member in members()} | implied
    of_lists = {path for path in api if path.endswith(".*") and path[:-2] in ours}
    assert api == set(botocore_leaves(create_training_job().input_shape))
    assert api - ours - of_lists == set(OUTPUT_ONLY)
    structures = {path.rsplit(".", depth)[0] for path in api for depth in range(1, path.count(".") + 1)}
    assert ours - api - structures == set()


def _implied() -> Iterator[tuple[str, str]]:
    inputs = next(row for row in JOB if row.field == "inputs")
    for row in inputs.codec.group.rows:  # type: ignore[attr-defined]
        yield from (("InputDataConfig.*", name) for name, _ in row.implies)


def test_walk_reaches_every_member() -> None:
    """In addition to hypothesis's random requests: one with every member is also restored."""
    request = _full(load_schema(API_SCHEMA)["$ref"])
    drawn = {_generic(path) for path, _ in leaves(request)}
    assert drawn >= set(api_leaves(load_schema(API_SCHEMA)["$ref"])) - set(OUTPUT_ONLY)
    assert made(spec_text(import_request(request))) == request


def _generic(path: tuple[str | int, ...]) -> str:
    return ".".join("*" if isinstance(step, int) or step == "KEY" else step for step in path)


_TEXTS = {
    "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
    "S3Uri": "s3://bucket/prefix",
    "FileSystemId": "fs-0123456789abcdef0",
    "SequenceLength": "4K",
}


def _full(reference: str) -> Any:
    """A request with every member that SageMaker takes."""
    name = reference.rsplit("/", 1)[-1]
    shape = load_schema(API_SCHEMA)["$defs"][name]
    if "properties" in shape:
        inner = shape["properties"].items()
        return {each: _full(below["$ref"]) for each, below in inner if not below.get("x-output-only")}
    if shape["type"] == "object":
        return {"KEY": _full(shape["additionalProperties"]["$ref"])}
    if shape["type"] == "array":
        return [_full(shape["items"]["$ref"])]
    if shape["type"] == "string":
        return shape["enum"][0] if "enum" in shape else _TEXTS.get(name) or _text_for(shape)
    return shape.get("minimum", 1) if shape["type"] == "integer" else True


def _text_for(shape: Mapping[str, Any]) -> str:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:"
    candidates = ["x", f"{arn}training-plan/x-and-more", f"{arn}mlflow-app/x", f"{arn}model-package/x/1",
                  f"{arn}model-package-group/x", f"{arn}hub-content/hub/Model/model/1.0.0",
                  f"{arn}hub-content/hub/DataSet/data/1.0.0",
                  "arn:aws:lambda:us-east-1:123456789012:function:f"]  # fmt: skip
    return next(
        text
        for text in candidates
        if re.search(shape.get("pattern", ""), text) and len(text) >= shape.get("minLength", 0)
    )


@pytest.mark.parametrize(
    "source",
    sorted(path for path in SOURCES.iterdir() if not path.name.endswith((".txt", ".spec.yaml"))),
    ids=lambda path: path.name,
)
def test_sources(source: Path, trainspec: Run, golden: Golden) -> None:
    """Each source next to the spec that it becomes and what is reported about it."""
    imported = trainspec("import", str(source))
    said = [line for line in imported.stderr.splitlines() if not line.startswith("trainspec: note:")]
    assert imported.returncode == (1 if said else 0), imported.stderr
    golden({source.with_suffix(".spec.yaml"): imported.stdout, source.with_suffix(".txt"): imported.stderr})


def _config(source: str, name: str) -> Any:
    """The value of a constant of a DAG file after the assignments at its top level, and nothing else, have run."""
    kept = [node for node in ast.parse((SOURCES / source).read_text()).body if isinstance(node, ast.Assign)]
    plain = [node for node in kept if isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper()]
    named = [node for node in kept if isinstance(node.targets[0], ast.Name) and node.targets[0].id == name]
    namespace: dict[str, Any] = {}
    exec(compile(ast.Module([*plain, *named], []), source, "exec"), namespace)  # noqa: S102  # a file of these tests
    return namespace[name]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("dag_with_block.py", ["training_config"]),
        ("dag_taskflow.py", ["CONFIG"]),
        ("dag_sweep.py", ["SMALL", "LARGE"]),
    ],
)
def test_dag_files_compile_to_their_own_requests(source: str, names: list[str]) -> None:
    configs = [_config(source, name) for name in names]
    text = (SOURCES / source).with_suffix(".spec.yaml").read_text()
    requests = analyse(Source("x.yaml", text), Options()).requests.values()
    assert [request.members for request in requests] == [config.get("Training", config) for config in configs]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.json", "{", "not JSON"),
        ("x.json", "[]", "neither a request"),
        ("x.yaml", "a: [", "line"),
        ("x.yaml", "", "the file is empty"),
        ("x.py", "x = 1\n", "no SageMakerTrainingOperator"),
        ("x.py", "def", "x.py: line 1: not Python: invalid syntax\n"),
        ("x.py", "-" * 100_000 + "1", "x.py: its expressions are nested too deeply to be read\n"),
        ("x.py", "x = " + " + ".join(["'a'"] * 3_000), "x.py: its expressions are nested "),
    ],
)
def test_what_is_no_source(name: str, content: str, said: str, project: Path, trainspec: Run) -> None:
    (project / name).write_text(content)
    failed = trainspec("import", name)
    assert failed.returncode == 1
    assert said in failed.stderr


def test_an_answer_says_nothing_that_the_request_did_not() -> None:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in"}}
    channel = {"ChannelName": "train", "DataSource": source}
    answer = {
        "TrainingJobName": "churn-2025-04-09-06-00-00-123",
        "TrainingJobStatus": "Completed",
        "InputDataConfig": [{**channel, "CompressionType": "None", "RecordWrapperType": "None"}],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/x", "KmsKeyId": "", "CompressionType": "GZIP"},
        "EnableNetworkIsolation": False,
        "EnableManagedSpotTraining": True,
    }
    (job,) = import_request(answer).jobs
    assert job.task_id == "churn"
    assert job.request == {
        "TrainingJobName": "churn-2025-04-09-06-00-00-123",
        "InputDataConfig": [channel],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/x"},
        "EnableManagedSpotTraining": True,
    }
    asked = {name: value for name, value in answer.items() if name != "TrainingJobStatus"}
    assert import_request(asked).jobs[0].request == asked


def test_job_name_from_the_simulator(trainspec: Run, monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    from trainspec.simulator import Simulator

    request = {
        "TrainingJobName": "there",
        "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
        "AlgorithmSpecification": {
            "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/i:1",
            "TrainingInputMode": "Pipe",
        },
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/x"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "Tags": [{"Key": "team", "Value": "ml"}],
    }
    with Simulator() as simulator:
        simulator.client().create_training_job(**request)
        monkeypatch.setenv("AWS_ENDPOINT_URL", simulator.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
        imported = trainspec("import", "--job-name", "there", "--region", "us-east-1")
    assert imported.returncode == 0, imported.stderr
    assert made(imported.stdout) == request
    assert "note: SageMaker has a job `there`, and accepts a name only once" in imported.stderr


def test_job_name_of_a_tuning_job(trainspec: Run, monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    from trainspec.simulator import Fault, Simulator

    request = {
        "HyperParameterTuningJobName": "tune",
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {"MetricName": "auc", "Type": "Maximize"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2},
            "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "eta", "MinValue": "1e-3", "MaxValue": "0.3"}]},
        },
        "TrainingJobDefinition": {
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/i:1",
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "auc", "Regex": "auc=([0-9.]+)"}],
            },
            "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
            "OutputDataConfig": {"S3OutputPath": "s3://bucket/x"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        },
        "Tags": [{"Key": "team", "Value": "ml"}],
    }
    with Simulator() as simulator:
        simulator.client().create_hyper_parameter_tuning_job(**request)
        monkeypatch.setenv("AWS_ENDPOINT_URL", simulator.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
        imported = trainspec("import", "--job-name", "tune", "--region", "us-east-1")
        absent = trainspec("import", "--job-name", "nobody", "--region", "us-east-1")
        long = trainspec("import", "--job-name", "nobody" * 6, "--region", "us-east-1")
        called = simulator.calls[-1].operation
        simulator.faults.add(Fault("denied", "DescribeHyperParameterTuningJob"))
        refused = trainspec("import", "--job-name", "nobody", "--region", "us-east-1")
    assert imported.returncode == 0, imported.stderr
    assert made(imported.stdout) == request
    assert (absent.returncode, absent.stdout) == (2, "")
    assert "--job-name: there is no training job or tuning job `nobody` in us-east-1\n" in absent.stderr
    assert f"there is no training job `{'nobody' * 6}` in us-east-1, and names of tuning jobs have" in long.stderr
    assert called == "DescribeTrainingJob"  # the service rejects such a long name
    asked = "there is no training job `nobody` in us-east-1; could not check whether a tuning job has this name: AWS"
    assert asked in refused.stderr


def test_several_requests_make_one_spec(trainspec: Run, project: Path) -> None:
    request = {"TrainingJobName": "one", "RoleArn": "r", "OutputDataConfig": {"S3OutputPath": "s3://b/x"}}
    (project / "a.json").write_text(json.dumps(request))
    (project / "b.json").write_text(json.dumps(request))
    imported = trainspec("import", "a.json", "b.json", "-o", "specs/both.yaml")
    assert imported.returncode == 1  # lint finds that a request lacks an image
    assert "  one:\n" in (project / "specs" / "both.yaml").read_text()
    assert "  one-2:\n" in (project / "specs" / "both.yaml").read_text()
    assert trainspec("import", "a.json", "-o", "specs/both.yaml").returncode == 2


_OPERATOR = "from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator\n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "lists that double",
            'a0 = ["x"]\n'
            + "".join(f"a{i} = [a{i - 1}, a{i - 1}]\n" for i in range(1, 27))
            + "SageMakerTrainingOperator(task_id='t', config={'InputDataConfig': a26})\n",
            "more work",
        ),
        ("a sum of 1,500", f"SageMakerTrainingOperator(config={{'A': {'+'.join(['1'] * 1_500)}}})\n", "nested"),
        ("900 attributes", f"SageMakerTrainingOperator(config={{'A': x{'.a' * 900}}})\n", "nested"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_a_hostile_dag_file(name: str, text: str, said: str) -> None:
    with cpu_seconds(at_most=5), pytest.raises(CannotImportError, match=said):
        import_dag_file(_OPERATOR + text)


def test_texts_that_double_are_no_literals() -> None:
    doubled = "".join(f"a{i} = a{i - 1} + a{i - 1}\n" for i in range(1, 41))
    call = "SageMakerTrainingOperator(task_id='t', config={'TrainingJobName': a40})\n"
    (imported,) = import_dag_file(_OPERATOR + 'a0 = "xxxxxxxx"\n' + doubled + call)
    assert any("not a literal" in str(note) for note in imported.notes)


@pytest.mark.parametrize(
    "text",
    [
        '{"HyperParameters": {"a": NaN}}',
        '{"ResourceConfig": {"VolumeSizeInGB": 1e400}}',
        '{"HyperParameters": {"a": "\\ud800"}}',
        '{"OutputDataConfig": ' + '{"a":' * 700 + "1" + "}" * 700 + "}",
        '{"ResourceConfig": {"VolumeSizeInGB": ' + "9" * 5_000 + "}}",
    ],
)
def test_hostile_json(text: str) -> None:
    with pytest.raises(CannotImportError):
        read_text(b'{"TrainingJobName": "a", "RoleArn": "r", ' + text[1:].encode())
