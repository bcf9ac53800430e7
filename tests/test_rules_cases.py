"""What rules must not report, where their findings are placed, and what they find in the example specs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from trainspec.pipeline import Options, analyse
from trainspec.reference.fields import all_fields
from trainspec.reference.fixable import spec_with
from trainspec.request.fields import JOB
from trainspec.rules.serverless_with_others import BAD
from trainspec.rules.support.registry import Rule, all_rules, rules_for
from trainspec.rules.support.topics import topic_of
from trainspec.rules.support.view import JobView, SpecView
from trainspec.text.source import Source

from test_rules import findings

ROOT = Path(__file__).parents[1]

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"

SOUND = {
    "a spot switch that only the run knows": "spot: '{{ params.spot }}'\nstopping: {max_wait: 10m}",
    "times that only the run knows": "spot: true\ncheckpoint: s3://b-1/c/\n"
    "stopping: {max_runtime: '{{ params.t }}', max_wait: 10m}",
    "a number of machines that only the run knows": "encrypt_inter_container_traffic: true\n"
    "resources: {instance_count: '{{ params.n }}'}",
    "an image that only the run knows": "image: '{{ params.image }}'",
    "a tag that the run knows": f"image: {HOST}/my-algo:{{{{ params.tag }}}}",
    "a digest in place of a tag": f"image: {HOST}/my-algo@sha256:{'0' * 64}",
    "a name whose suffix always fits": "name: job-{{ ds_nodash }}\noperator: {action_if_job_exists: increment}",
    "a fixed name, and a task that is skipped": "name: job\noperator: {action_if_job_exists: skip}",
    "a name that only the run knows": "name: job-{{ params.name }}",
    "the words None and null where the container reads them": "hyperparameters: {early_stop: None, x: 'null', y: ''}",
    "None out of the API's own list": "inputs: {train: {s3: s3://my-bucket/t/, compression: None}}",
    "braces and dots where the container reads them": "hyperparameters: {template: '{name}', eos: <s>, more: '...'}",
    "a regular expression": "metrics: {loss: 'loss=([0-9.]{3,8})...'}",
    "an archive as a prefix": "inputs: {train: s3://my-bucket/model/model.tar.gz}",
    "a bucket that is an access point": "output: s3://arn:aws:s3:us-east-1:123456789012:accesspoint/mine/models/",
    "a bucket out of a template": "output: s3://{{ params.bucket }}/models/",
    "a slash that a template may make": "output: s3://my-bucket/{{ params.prefix }}/models/",
    "a zero needs no unit": "retry_delay: 0",
    "an index, not a secret": "hyperparameters: {max_token_length: 4096, tokenizer: bert-base-uncased-v2-2024}",
    "the name of a secret": "environment: {DB_PASSWORD_SECRET_NAME: prod/db, HF_TOKEN_FILE: /opt/ml/input/token}",
    "an account that holds the image in many regions": "image: 763104351884.dkr.ecr.{{ params.r }}.amazonaws.com/"
    "pytorch-training:2.3.0-cpu-py311-ubuntu20.04-sagemaker",
    "an image of AWS's in its region": "image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1\n"
    "inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}\nhyperparameters: {num_round: 9}",
    "xgboost with a script has channels of its own": "image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/"
    "sagemaker-xgboost:1.7-1\ninputs: {train: null, a: s3://my-bucket/a/}\n"
    "hyperparameters: {sagemaker_program: train.py, sagemaker_submit_directory: s3://b-1/code.tar.gz}",
    "a framework's image with an entry point": "image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/"
    "pytorch-training:2.3.0-cpu-py311-ubuntu20.04-sagemaker\nentrypoint: [python, train.py]",
}


def codes(fields: str) -> list[str]:
    return sorted(found.code.id for found in findings(fields))


@pytest.mark.parametrize("fields", SOUND.values(), ids=SOUND)
def test_nothing_is_said_of(fields: str) -> None:
    assert codes(fields) == []


@pytest.mark.parametrize("path", sorted((ROOT / "specs").glob("*.yaml")), ids=lambda path: path.stem)
def test_example_specs(path: Path) -> None:
    analysis = analyse(Source(path.name, path.read_text(encoding="utf-8")), Options())
    assert [found.code.id for found in analysis.findings] == []


@pytest.mark.parametrize(
    ("fields", "field", "line"),
    [
        ("spot: true\nstopping: {max_runtime: 10m}\ncheckpoint: s3://my-bucket/c/", "stopping", "stopping: {max_r"),
        ("output: s3://my-bucket//models/", "output", "output: s3://my-bucket//"),
        ("inputs:\n  train: s3://my-bucket//t/", "inputs.train", "train: s3"),
        ("inputs:\n  train:\n    s3: s3://my-bucket//t/", "inputs.train.s3", "s3: s3"),
        ("resources: {volume_kms_key: None}", "resources.volume_kms_key", "resources: {volume_kms"),
        ("hyperparameters:\n  a: 1\n  'b ': 2", "hyperparameters.b ", "'b ': 2"),
        ("tags:\n  a: 1\n  b: AKIAIOSFODNN7EXAMPLE", "tags.b", "b: AKIA"),
        ("request:\n  StoppingCondition:\n    MaxWaitTimeInSeconds: 600", "request.StoppingCondition", "MaxWaitTime"),
    ],
)
def test_finding_stands_at_the_field(fields: str, field: str, line: str) -> None:
    (found,) = findings(fields)
    assert (found.field or "").startswith(f"jobs.train.{field}")
    assert line in spec_with(fields).splitlines()[found.span.line - 1]


OF_THE_ALGORITHM = [row.field for row in JOB if row.member.startswith("AlgorithmSpecification.")]
NEEDS_MACHINE = {"framework", "algorithm"}  # their image depends on it: a missing one is found first


@pytest.mark.parametrize("name", [each for each in OF_THE_ALGORITHM if each not in NEEDS_MACHINE])
def test_what_a_serverless_job_cannot_have_is_named(name: str) -> None:
    serverless = BAD[BAD.index("serverless:") :]
    nothing = "resources: null" if name == "image" else "image: null\nresources: null"
    (found,) = findings(f"{nothing}\n{all_fields()[name].example}\n{serverless}")
    assert (found.code.id, found.field) == ("TS511", f"jobs.train.{name}")


def test_a_default_of_the_dag_is_told_at_the_dag() -> None:
    spec = spec_with("{}").replace("dag: {id: example}", "dag: {id: example, default_args: {execution_timeout: 60}}")
    found = {each.code.id: each.field for each in findings(spec)}
    assert found == dict.fromkeys(("TS541", "TS542"), "dag.default_args.execution_timeout")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("name: job-{{ ti.try_number }}", ["TS532"]),
        ("checkpoint: s3://my-bucket/{{ macros.time.time() }}/{{ ds }}/", ["TS533"]),
        ("output: s3://<your-bucket>/models/", ["TS580"]),
        ("image: 0123456789.dkr.ecr.us-east-1.amazonaws.com/a:latest", ["TS560", "TS562"]),
        ("image: XXXXXXXXXXXX.dkr.ecr.us-east-1.amazonaws.com/a:1", ["TS580"]),
        ("image: '...'", ["TS580"]),
        ("output: s3:///models/", ["TS405"]),
        ("environment: {DB_PASSWORD: changeme}", ["TS580"]),
        ("image: 683313688378.dkr.ecr.{{ params.r }}.amazonaws.com/sagemaker-xgboost:1.7-1", ["TS563"]),
        (
            "framework: {name: sklearn, version: 1.2-1}\nregion: us-east-1\nsource: {entry: a.py, dir: s3://my-bucket/a.tgz}",
            ["TS508"],
        ),
        ("output: {s3: s3://my-bucket/, kms_key: '{KEY}'}", ["TS405"]),
        ("environment: {'A B': x}", ["TS405"]),
        ("environment: {API_TOKEN: ghp_" + "a1B2" * 9 + "}", ["TS570"]),
        ("region: cn-north-1\nrole: arn:aws-cn:iam::123456789012:role/R", ["TS561"]),
        (
            (
                "region: eu-west-1\nimage: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1\n"
                "inputs: {train: {s3: s3://b-1/t/, content_type: text/csv}}\nhyperparameters: {num_round: 9}"
            ),
            ["TS561"],
        ),
        (
            (
                "image: 811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1\n"
                "inputs: {train: {s3: s3://b-1/t/, content_type: application/x-recordio}}\n"
                "hyperparameters: {num_classes: 2, num_training_samples: 100}"
            ),
            ["TS553", "TS566"],
        ),
    ],
)
def test_one_cause_is_told_once(fields: str, expected: list[str]) -> None:
    assert codes(fields) == expected


JUNK: tuple[Any, ...] = (None, True, -1, 1.5, "", "{{ ds }}", "s3://", "arn:", [], [[]], {}, {"a": [1]})


def members(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in below:
        yield (*path, step)
        yield from members(each, (*path, step))


def replaced(value: Any, path: tuple[str | int, ...], by: Any) -> Any:
    if not path:
        return by
    if isinstance(value, dict):
        return {key: replaced(each, path[1:], by) if key == path[0] else each for key, each in value.items()}
    return [replaced(each, path[1:], by) if index == path[0] else each for index, each in enumerate(value)]


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code.id)
def test_rule_bears_any_request(rule: Rule) -> None:
    """A raw `request:` block can contain anything; the API's schema decides whether it is wrong.

    If a rule finds something, its topic must concern the job, and the request must have one of its words.
    """
    for example in (rule.bad, rule.good):
        request = next(iter(analyse(Source("example.yaml", spec_with(example)), Options()).requests.values()))
        for path in members(request.members):
            for junk in JUNK:
                job = JobView("train", {}, replaced(request.members, path, junk), {})
                if rule.check_job:
                    found = list(rule.check_job(job))
                    assert not found or rule in rules_for(job)
                if rule.check_spec:
                    list(rule.check_spec(SpecView({}, [job])))


OWN = "image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/"
PROFILER = "profiler: {s3: s3://my-bucket/p/, parameters: {PythonProfilingConfig: '{}'}}"


@pytest.mark.parametrize(
    ("code", "image", "fields"),
    [
        ("TS848", "xgboost:3.0", "hyperparameters: {sagemaker_mpi_enabled: true}"),
        ("TS839", "pytorch-training:2.3-mine", PROFILER),
        ("TS845", "sagemaker-scikit-learn:mine", "resources: {instance_count: 2}"),
    ],
)
def test_an_image_of_ones_own_is_not_aws_image(code: str, image: str, fields: str) -> None:
    """Whatever its name: nothing is known about what a customer's image reads."""
    assert code not in {each.code.id for each in findings(f"{OWN}{image}\n{fields}")}


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ("foo", "is not a number of columns"),
        ("0", "declares no label"),
        ("2", "declares 2 columns of labels"),
        ("1", ""),
        ("01", ""),
    ],
)
def test_columns_of_labels(size: str, said: str) -> None:
    found = findings(
        "image: 382416733822.dkr.ecr.us-east-1.amazonaws.com/knn:1\n"
        "hyperparameters: {k: 5, sample_size: 100, feature_dim: 3, predictor_type: regressor}\n"
        f'inputs: {{train: {{s3: s3://my-bucket/t/, content_type: "text/csv;label_size={size}"}}}}\n'
    )
    messages = [each.message for each in found if each.code.id == "TS804"]
    assert len(messages) == bool(said)
    assert all(said in each for each in messages)


def test_rules_of_a_topic_look_at_jobs() -> None:
    """A spec as a whole concerns every topic, so the name of a rule that checks it begins with no topic."""
    of_specs = [rule.check_spec for rule in all_rules() if rule.check_spec]
    assert of_specs
    assert [topic_of(check.__module__.rpartition(".")[2]) for check in of_specs] == [None] * len(of_specs)


@pytest.mark.parametrize(
    ("schedule", "name", "is_shared"),
    [
        ("@hourly", "job-{{ ds }}", True),
        ("6h", "job-{{ ds }}", True),
        ("0 6,18 * * *", "job-{{ ds }}", True),
        ("@daily", "job-{{ logical_date.strftime('%Y%m') }}", True),
        ("@daily", "job-{{ ds }}", False),
        ("24h", "job-{{ ds }}", False),
        ("0 2 * * 1-5", "job-{{ ds }}", False),
        ("@monthly", "job-{{ logical_date.strftime('%Y%m') }}", False),
        ("@hourly", "job-{{ ts_nodash }}", False),
        ("@hourly", "job-{{ logical_date.strftime('%Y%m%d%H') }}", False),
        ("@hourly", "job-{{ params.x }}", False),
        ("@continuous", "job-{{ ds }}", False),
        ("0 0 30 2 *", "job-{{ ds }}", False),
        ("nonsense", "job-{{ ds }}", False),
    ],
)
def test_name_of_several_runs(schedule: str, name: str, is_shared: bool) -> None:
    (rule,) = (rule for rule in all_rules() if rule.code.id == "TS535")
    spec = rule.bad.replace('"@hourly"', f'"{schedule}"').replace("job-{{ ds_nodash }}", f'"{name}"')
    assert ("TS535" in codes(spec)) is is_shared
