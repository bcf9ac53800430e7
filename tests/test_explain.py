"""`trainspec explain`: codes, fields by any sensible name, images; an unknown word."""

import re

import pytest
from trainspec.reference.codes import all_codes
from trainspec.reference.fields import Field, all_fields
from trainspec.reference.lookup import look_up
from trainspec.request.images.catalogue import algorithms, frameworks

from helpers import Run


@pytest.mark.parametrize(
    ("word", "paths"),
    [
        ("resources.instance_type", ["resources.instance_type"]),
        ("Resources.Instance-Type", ["resources.instance_type"]),
        ("jobs.train.resources.instance_type", ["resources.instance_type"]),
        ("defaults.role", ["role"]),
        ("max_runtime", ["stopping.max_runtime"]),
        ("stopping", ["stopping"]),
        ("inputs.*.s3", ["inputs.*.s3"]),
        ("inputs.train.s3", ["inputs.*.s3"]),
        ("inputs[0].s3", ["inputs.*.s3"]),
        ("inputs.train.file_system.id", ["inputs.*.file_system.id"]),
        ("dag.schedule", ["dag.schedule"]),
        ("schedule", ["dag.schedule"]),
        ("dag.default_args.retries", ["retries"]),
        ("ResourceConfig.InstanceType", ["resources.instance_type"]),
        ("TrainingJobName", ["name"]),
        ("MaxRuntimeInSeconds", ["stopping.max_runtime", "tuning.limits.runtime"]),
        ("InputDataConfig[0].ChannelName", ["inputs.*.name"]),
        ("RetryStrategy", ["retry"]),
        ("vars", ["vars"]),
        ("tags.team", ["tags.*"]),
        ("jobs.train.hyperparameters.epochs", ["hyperparameters.*"]),
        ("jobs.train", ["jobs"]),
        ("dag", ["dag"]),
        ("sched", []),
        ("inputs.train", ["inputs.*.s3", "inputs.*.manifest", "inputs.*.augmented_manifest"]),
        ("operator.check_interval", ["operator.check_interval"]),
        ("DebugHookConfig", ["debugger.s3", "debugger.local_path", "debugger.parameters"]),
        ("kms_key", ["source.kms_key", "output.kms_key"]),
        ("S3DataType", []),
        ("nonsense", []),
        ("", []),
        ("*", []),
        (".", []),
    ],
)
def test_names_of_fields(word: str, paths: list[str]) -> None:
    found = [answer.path for answer in look_up(word) if isinstance(answer, Field)]
    assert found[:3] == paths


def test_every_field_and_every_member_is_found() -> None:
    for path, field in all_fields().items():
        assert look_up(path)[0] == field
        if field.member:
            assert field in look_up(field.member) or path.endswith("*") or path == "distribution"


def test_every_answer_can_be_shown(trainspec: Run) -> None:
    words = [*all_fields(), *(each.code.id for each in all_codes()), "framework", "algorithm"]
    words += [f"framework.{name}" for name in frameworks()] + [f"algorithm.{name}" for name in algorithms()]
    for word in words:
        shown = trainspec("explain", word)
        assert shown.returncode == 0, word
        assert shown.stdout.isprintable() or shown.stdout.replace("\n", "").isprintable(), word


def test_field(trainspec: Run) -> None:
    assert trainspec("explain", "ResourceConfig.KeepAlivePeriodInSeconds").stdout == (
        "resources.keep_alive\n"
        "\n"
        "How long the instances are kept warm for the next job (a warm pool), such as 30m.\n"
        "\n"
        "  form            a duration (a number of seconds, or for example 90s, 30m, 1h30m, 5d)\n"
        "  request member  ResourceConfig.KeepAlivePeriodInSeconds\n"
        "  AWS takes       at most 21600\n"
        "\n"
        "Example:\n"
        "\n"
        "    resources:\n"
        "      keep_alive: 30m\n"
        "\n"
        "https://github.com/trainspec/trainspec/blob/main/docs/fields.md#resources\n"
    )


def test_defaults_are_those_of_the_operator(trainspec: Run) -> None:
    shown = {name: trainspec("explain", f"operator.{name}").stdout for name in ("check_interval", "max_attempts")}
    assert "  default         30s\n" in shown["check_interval"]
    assert "  default  " not in shown["max_attempts"]
    assert "  default         File\n" in trainspec("explain", "input_mode").stdout


def test_code(trainspec: Run) -> None:
    assert trainspec("explain", "ts105").stdout == (
        "TS105 (error): a value in the wrong format\n"
        "\n"
        "A duration is written as `90` (seconds), `90s`, `30m`, `1h30m` or `5d`; a size as `10` (gigabytes), `10GB` "
        "or\n`1TB`. A task ID consists of letters, digits, `_`, `.` and `-`. A region is written as in `us-east-1`.\n"
        "\n"
        "Bad:\n"
        "\n"
        "    stopping: {max_runtime: 1 hour}\n"
        "\n"
        "Good:\n"
        "\n"
        "    stopping: {max_runtime: 1h}\n"
        "\n"
        "`trainspec lint --fix` fixes it if there is exactly one correct fix, as in this example.\n"
        "It cannot be silenced.\n"
        "https://github.com/trainspec/trainspec/blob/main/docs/rules.md#ts105\n"
    )
    assert "`# trainspec: ignore[TS550] reason`" in trainspec("explain", "TS550").stdout


def test_images(trainspec: Run) -> None:
    listed = trainspec("explain", "framework").stdout
    assert all(f"\n  {name} " in listed for name in frameworks())
    pytorch = trainspec("explain", "framework.pytorch").stdout
    assert "\n  2.3.0    2.3" in pytorch
    assert "py311" in pytorch
    assert "algorithm: blazingtext@" in trainspec("explain", "blazingtext").stdout
    assert trainspec("explain", "xgboost@1.7-1").stdout.count("\n  1.7-1") == 1


def test_several_fields(trainspec: Run) -> None:
    lines = trainspec("explain", "s3").stdout.splitlines()
    assert lines[0].startswith("`s3` may be any of these fields")
    assert [line.split()[0] for line in lines[2:4]] == ["inputs.*.s3", "output.s3"]


def test_all_codes(trainspec: Run) -> None:
    lines = trainspec("explain").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [each.code.id for each in all_codes()]
    assert "TS009  warning  an ignore comment that suppresses nothing [*]" in lines


def test_codes_by_their_beginning(trainspec: Run) -> None:
    lines = trainspec("explain", "ts3").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["TS301", "TS302", "TS303"]


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("instnce_type", "did you mean `instance_type`?"),
        ("TS5400", "did you mean `"),
        ("framework.pytroch", "did you mean `"),
        ("xgbost", "did you mean `xgboost`?"),
        ("zzzzzzzz", "`trainspec explain` lists the codes"),
    ],
)
def test_unknown_word(word: str, near: str, trainspec: Run) -> None:
    failed = trainspec("explain", word)
    assert failed.returncode == 2
    assert failed.stdout == ""
    assert near in failed.stderr


def test_an_operator(trainspec: Run) -> None:
    shown = trainspec("explain", "SageMakerTransformOperator").stdout
    assert shown.startswith("airflow.providers.amazon.aws.operators.sagemaker.SageMakerTransformOperator\n")
    assert "  config                  map, required, rendered\n" in shown
    assert trainspec("explain", "airflow.providers.standard.operators.python.PythonOperator").returncode == 0
    near = trainspec("explain", "SageMakerTransfromOperator")
    assert near.returncode == 2
    assert "did you mean `SageMakerTransformOperator`?" in near.stderr


def test_a_built_in_algorithm_shows_what_it_takes(trainspec: Run) -> None:
    shown = trainspec("explain", "kmeans").stdout
    for words in ("required: an integer of 1 or more", "test:ssd", "FullyReplicated", "k-means-api-config.html"):
        assert words in shown


def test_a_machine(trainspec: Run) -> None:
    shown = trainspec("explain", "ml.p5.48xlarge").stdout
    assert "8 x H100, 640 GiB in all" in shown
    assert "11.8 or later (compute capability 9.0)" in shown
    assert "32 interfaces" in shown
    assert re.search(r"as of 20[0-9]{2}-[0-9]{2}", shown)
    assert "none of its own: set `volume_size`" in trainspec("explain", "ml.m5.large").stdout
    unknown = trainspec("explain", "ml.p5.4xlage")
    assert (unknown.returncode, "did you mean `ml.p5.4xlarge`" in unknown.stderr) == (2, True)
