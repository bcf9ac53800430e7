"""`trainspec import` finds requests inside what they are wrapped in."""

import json
from pathlib import Path
from typing import Any

import pytest
from trainspec.diagnostics import codes
from trainspec.importers.model import CannotImportError, Imported, TaskIds
from trainspec.importers.sources import read_file, read_text
from trainspec.text.parse import parse
from trainspec.text.source import Source

from helpers import Run

REQUEST: dict[str, Any] = {
    "TrainingJobName": "churn-1",
    "RoleArn": "arn:aws:iam::111122223333:role/R",
    "OutputDataConfig": {"S3OutputPath": "s3://acme/out/"},
    "HyperParameters": {"num_round": "50", "someName": "x"},
    "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": "s3://acme/in/"}}}],
}
STATE = {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": REQUEST}
MACHINE = {"StartAt": "Train", "States": {"Train": STATE}}


def lower(value: Any, inside: str = "") -> Any:
    """The request with its members in lower camel case, as in events."""
    if isinstance(value, list):
        return [lower(each) for each in value]
    if not isinstance(value, dict) or inside in ("HyperParameters", "StaticHyperParameters"):
        return value
    return {key[0].lower() + key[1:]: lower(below, key) for key, below in value.items()}


def read(data: Any) -> Imported:
    (imported,) = read_text(json.dumps(data).encode())
    return imported


EVENT = {"eventName": "CreateTrainingJob", "requestParameters": lower(REQUEST)}
WRAPPED: dict[str, tuple[Any, str]] = {
    "config of the stock operator": ({"Training": REQUEST}, "churn-1"),
    "lower camel case": (lower(REQUEST), "churn-1"),
    "search": ({"Results": [{"TrainingJob": {**REQUEST, "TrainingJobArn": "arn", "CreationTime": 1}}]}, "churn-1"),
    "state machine": (MACHINE, "Train"),
    "JSONata": ({"States": {"Train": {**STATE, "Parameters": None, "Arguments": REQUEST}}}, "Train"),
    "parallel": ({"States": {"All": {"Type": "Parallel", "Branches": [MACHINE]}}}, "Train"),
    "CloudFormation": (
        {"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine",
                             "Properties": {"DefinitionString": {"Fn::Sub": json.dumps(MACHINE)}}}}},
        "Train",
    ),
    "CloudFormation's object": ({"Resources": {"M": {"Properties": {"Definition": MACHINE}}}}, "Train"),
    "Terraform": ({"resource": {"aws_sfn_state_machine": {"m": {"definition": json.dumps(MACHINE)}}}}, "Train"),
    "Terraform's function": (
        {"resource": {"aws_sfn_state_machine": {"m": {"definition": f"${{jsonencode({json.dumps(MACHINE)})}}"}}}},
        "Train",
    ),
    "CloudTrail": ({"Records": [EVENT]}, "churn-1"),
    "CloudTrail's lookup": ({"Events": [{"CloudTrailEvent": json.dumps(EVENT)}]}, "churn-1"),
    "EventBridge": ({"detail-type": "AWS API Call via CloudTrail", "detail": EVENT}, "churn-1"),
    "list": ([REQUEST], "churn-1"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRAPPED)
def test_a_wrapping_is_seen_through(kind: str) -> None:
    data, task_id = WRAPPED[kind]
    imported = read(data)
    (job,) = imported.jobs
    assert job.request == REQUEST
    assert imported.notes == ()
    assert job.task_id == task_id


TUNING: dict[str, Any] = {
    "HyperParameterTuningJobName": "tune-1",
    "HyperParameterTuningJobConfig": {
        "Strategy": "Random",
        "HyperParameterTuningJobObjective": {"MetricName": "auc", "Type": "Maximize"},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 20, "MaxParallelTrainingJobs": 4},
        "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.1", "MaxValue": "0.5"}]},
    },
    "TrainingJobDefinition": {
        "StaticHyperParameters": {"num_round": "50", "someName": "x"},
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "RoleArn": "arn:aws:iam::111122223333:role/R",
        "OutputDataConfig": {"S3OutputPath": "s3://acme/out/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    },
}


TUNING_STATE = {"Resource": "arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync", "Parameters": TUNING}
TUNING_EVENT = {"eventName": "CreateHyperParameterTuningJob", "requestParameters": lower(TUNING)}
TUNING_WRAPPED: dict[str, tuple[Any, str]] = {
    "state machine": ({"States": {"Tune": TUNING_STATE}}, "Tune"),
    "JSONata": ({"States": {"Tune": {**TUNING_STATE, "Parameters": None, "Arguments": TUNING}}}, "Tune"),
    "search": ({"Results": [{"HyperParameterTuningJob": {**TUNING, "HyperParameterTuningJobArn": "arn"}}]}, "tune-1"),
    "CloudTrail": ({"Records": [TUNING_EVENT]}, "tune-1"),
    "lower camel case": (lower(TUNING), "tune-1"),
    "Terraform": (
        {"resource": {"aws_sfn_state_machine": {"m": {"definition": json.dumps({"States": {"A": TUNING_STATE}})}}}},
        "A",
    ),
    "list": ([TUNING], "tune-1"),
}


@pytest.mark.parametrize("kind", TUNING_WRAPPED)
def test_tuning_jobs_come_out_of_a_wrapping_whole(kind: str) -> None:
    data, task_id = TUNING_WRAPPED[kind]
    imported = read(data)
    (job,) = imported.jobs
    assert (job.request, imported.notes, job.task_id) == (TUNING, (), task_id)


def test_a_wrapped_tuning_job_stays_one_without_its_config() -> None:
    dynamic = {
        **{key: value for key, value in TUNING.items() if "Config" not in key},
        "HyperParameterTuningJobConfig.$": "$.c",
    }
    imported = read({"States": {"Tune": {**TUNING_STATE, "Parameters": dynamic}}})
    (job,) = imported.jobs
    assert job.request == {**TUNING, "HyperParameterTuningJobConfig": {}}
    assert "HyperParameterTuningJobConfig is read from the state's input" in imported.notes[0]


def test_many_requests_of_one_name_are_numbered_in_linear_time() -> None:
    task_ids = TaskIds()
    assert [task_ids.free("churn-1") for _ in range(100_000)][-1] == "churn-1-100000"  # quadratic time would be hours
    taken = [{**REQUEST, "TrainingJobName": name} for name in ("a-2", "a", "a", "a")]
    assert [job.task_id for job in read(taken).jobs] == ["a-2", "a", "a-3", "a-4"]


def test_several_requests_make_one_spec() -> None:
    imported = read([REQUEST, REQUEST, {"States": {"Other": STATE}}])
    assert [job.task_id for job in imported.jobs] == ["churn-1", "churn-1-2", "Other"]


def test_what_a_state_reads_when_it_runs_is_named() -> None:
    dynamic = {**REQUEST, "RoleArn": "{% $states.input.role %}", "HyperParameters": {"depth.$": "$.depth", "eta": "1"}}
    imported = read({"States": {"Train": {**STATE, "Parameters": dynamic}}})
    assert imported.jobs[0].request["HyperParameters"] == {"eta": "1"}
    assert sorted(imported.notes) == [
        "Train: HyperParameters.depth is read from the state's input (`$.depth`), so it was left out",
        "Train: RoleArn is read from the state's input (`$states.input.role`), so it was left out",
    ]


def test_a_function_of_cloudformation_is_named() -> None:
    template = {"States": {"Train": {**STATE, "Parameters": {**REQUEST, "RoleArn": {"Ref": "Role"}}}}}
    note = "Train: RoleArn is filled in by CloudFormation (`Ref Role`), so it was left out"
    assert read({"Definition": template}).notes == (note,)


def test_what_a_template_substitutes_is_no_text_of_the_request() -> None:
    request = {**REQUEST, "OutputDataConfig": {"S3OutputPath": "s3://${var.bucket}/models"}}
    machine = {"States": {"Train": {**STATE, "Parameters": request}}}
    terraform = {"resource": {"aws_sfn_state_machine": {"m": {"definition": json.dumps(machine)}}}}
    imported = read(terraform)
    (note,) = imported.notes
    left_out = "is filled in by the template (`${var.bucket}`), so it was left out"
    assert note == f"Train: OutputDataConfig.S3OutputPath {left_out}"
    assert "OutputDataConfig" not in imported.jobs[0].request
    literal = read({"TrainingJob": request})
    assert literal.jobs[0].request["OutputDataConfig"] == request["OutputDataConfig"]
    assert literal.notes == ()


TEMPLATE = """
Resources:
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      Role: !GetAtt MachineRole.Arn
      Definition:
        StartAt: Train
        States:
          Train:
            Type: Task
            Resource: arn:aws:states:::sagemaker:createTrainingJob.sync
            Parameters:
              TrainingJobName: churn
              RoleArn: !GetAtt TrainRole.Arn
              AlgorithmSpecification:
                TrainingImage: !Join ["", [!Ref Account, ".dkr.ecr.us-east-1.amazonaws.com/a:1"]]
                TrainingInputMode: File
              OutputDataConfig: {S3OutputPath: !Sub "s3://${Bucket}/models"}
              ResourceConfig: !If [IsProd, {InstanceType: ml.m5.large}, {InstanceType: ml.t3.large}]
            End: true
"""


def test_short_forms_of_cloudformation() -> None:
    (imported,) = read_text(TEMPLATE.encode())
    assert imported.jobs[0].request == {
        "TrainingJobName": "churn",
        "AlgorithmSpecification": {"TrainingInputMode": "File"},
    }
    by = "is filled in by CloudFormation"
    assert [note.partition(f" {by} ")[0] for note in imported.notes] == [
        "Train: RoleArn",
        "Train: AlgorithmSpecification.TrainingImage",
        "Train: OutputDataConfig.S3OutputPath",
        "Train: ResourceConfig",
    ]
    assert "(`!Sub ${Bucket}`)" in imported.notes[2]


def test_a_tag_in_a_spec_is_still_an_error() -> None:
    _, findings = parse(Source("s.yaml", "a: !Ref b"))
    assert [found.code.id for found in findings] == [codes.BAD_TAG.id]


def test_the_states_around_a_job() -> None:
    def state(operation: str, **more: Any) -> dict[str, Any]:
        of_job = operation == "createTrainingJob"
        resource = f"arn:aws:states:::sagemaker:{operation}.sync"
        return {"Type": "Task", "Resource": resource, "Parameters": REQUEST if of_job else {}, **more}

    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]
    machine = {
        "StartAt": "Prepare",
        "States": {
            "Prepare": state("createProcessingJob", Next="First"),
            "First": state("createTrainingJob", Next="Wait", Retry=retry, TimeoutSeconds=60),
            "Wait": {"Type": "Wait", "Seconds": 5, "Next": "Second"},
            "Second": state("createTrainingJob", Next="Good?"),
            "Good?": {"Type": "Choice", "Choices": [], "Default": "Third"},
            "Third": state("createTrainingJob", Next="Each"),
            "Each": {"Type": "Map", "ItemProcessor": {"States": {"Own": state("createTrainingJob", End=True)}}},
            "Done": {"Type": "Succeed"},
        },
    }
    imported = read(machine)
    waits = {job.task_id: job.fields.get("depends_on") for job in imported.jobs}
    assert waits == {"First": None, "Second": "First", "Third": None, "Own": "Third"}
    assert imported.notes == (
        "the state `Prepare` (sagemaker:createProcessingJob.sync) is not carried over",
        "`Retry` of the state `First` is not carried over; a spec has `retries`",
        "`TimeoutSeconds` of the state `First` is not carried over; a spec has `execution_timeout`",
        "the state `Wait` (Wait) is not carried over",
        "the state `Good?` (Choice) is not carried over",
        "the state `Each` runs `Own` once for each item; the spec runs it once",
    )


def test_the_steps_of_a_pipeline() -> None:
    """A step waits for those that it names, and for those whose results it reads."""

    def step(name: str, kind: str = "Training", **more: Any) -> dict[str, Any]:
        return {"Name": name, "Type": kind, "Arguments": REQUEST if kind == "Training" else {}, **more}

    model = {"Get": "Steps.Base.ModelArtifacts.S3ModelArtifacts"}
    reads = {**REQUEST, "RoleArn": {"Get": "Parameters.Role"}, "Environment": {"MODEL": model}}
    steps = [
        step("Base"),
        step("Check", "Condition", DependsOn=["Base"]),
        step("After", DependsOn=["Check"]),
        step("Tuned", Arguments=reads),
    ]
    imported = read({"Version": "2020-12-01", "Parameters": [], "Steps": steps})
    waits = {job.task_id: job.fields.get("depends_on") for job in imported.jobs}
    assert waits == {"Base": None, "After": "Base", "Tuned": "Base"}
    assert imported.notes == (
        "Tuned: RoleArn is filled in by the pipeline (`Get Parameters.Role`), so it was left out",
        f"Tuned: Environment.MODEL is filled in by the pipeline (`Get {model['Get']}`), so it was left out",
        "the step `Check` (Condition) is not carried over",
    )


def test_what_cloudtrail_hides_is_named() -> None:
    hidden = {**REQUEST, "Environment": {"TOKEN": "HIDDEN_DUE_TO_SECURITY_REASONS", "STAGE": "prod"}}
    imported = read({"eventName": "CreateTrainingJob", "requestParameters": hidden})
    assert imported.jobs[0].request["Environment"] == {"STAGE": "prod"}
    assert imported.notes == ("churn-1: Environment.TOKEN is hidden by CloudTrail, so it was left out",)


@pytest.mark.parametrize("data", [{}, [], {"a": [1]}, {"definition": "{"}, {"eventName": "CreateTrainingJob"}])
def test_nothing_in_it(data: Any) -> None:
    with pytest.raises(CannotImportError, match="neither a request"):
        read(data)


def test_notes_show_no_secret(trainspec: Run, tmp_path: Path) -> None:
    token = "ghp_" + "a1B2" * 9
    dynamic = {**REQUEST, "Environment": {"GITHUB": "{% '" + token + "' %}"}}
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"States": {"Train": {**STATE, "Parameters": dynamic}}}))
    ran = trainspec("import", str(file))
    assert "Environment.GITHUB" in ran.stderr
    assert token not in ran.stdout + ran.stderr


IN_YAML = """
States:
  Train:
    Resource: arn:aws:states:::sagemaker:createTrainingJob.sync
    Parameters:
      TrainingJobName: churn
      Environment: {VALUE: %s}
"""


@pytest.mark.parametrize(
    ("value", "note"),
    [
        ('"hunter2${X}"', "filled in by the template (`${X}`)"),
        ("""'${var.a == "b" ? "hunter2" : "c"}'""", "filled in by the template"),
        ('!Sub "hunter2${X}"', "filled in by CloudFormation (`!Sub ${X}`)"),
        ('{"Fn::Sub": ["hunter2${X}", {"X": {"Fn::GetAtt": ["R", "Arn"]}}]}',
         "filled in by CloudFormation (`Fn::Sub ${X} R.Arn`)"),
        ('{"Fn::Join": ["", ["AKIA", "hunter2"]]}', "filled in by CloudFormation (`Fn::Join`)"),
        ('!Join ["", ["hunter2", !Ref Y, !GetAtt R.Arn, !Ref Y]]', "filled in by CloudFormation (`!Join Y R.Arn`)"),
        ('{"Std:Join": {"On": "", "Values": ["hunter2", {"Get": "Parameters.P"}]}}',
         "filled in by the pipeline (`Std:Join Parameters.P`)"),
        ('"{% \'hunter2 $a\' & $states.input.b %}"', "read from the state's input (`$states.input.b`)"),
        ('"{% \'it\\\\\'s hunter2 $a %}"', "read from the state's input"),
    ],
)  # fmt: skip
def test_notes_quote_only_the_names_that_a_value_refers_to(
    trainspec: Run, tmp_path: Path, value: str, note: str
) -> None:
    file = tmp_path / "template.yaml"
    file.write_text("Definition:" + (IN_YAML % value).replace("\n", "\n  "))
    ran = trainspec("import", str(file))
    assert f"Train: Environment.VALUE is {note}, so it was left out\n" in ran.stderr
    assert "hunter2" not in ran.stdout + ran.stderr


def test_a_path_in_a_state_machine_is_quoted_without_its_strings() -> None:
    dynamic = {**REQUEST, "RoleArn": "x", "Environment": {"A.$": "States.Format('hunter2{}', $.a, $$.Execution.Name)"}}
    imported = read({"States": {"Train": {**STATE, "Parameters": dynamic}}})
    read_from = "is read from the state's input (`$.a $$.Execution.Name`)"
    assert imported.notes == (f"Train: Environment.A {read_from}, so it was left out",)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("main.tf", 'resource "aws_sfn_state_machine" "a" {}', "`terraform show -json`"),
        ("train.ipynb", "{}", "`jupyter nbconvert --to script`"),
        ("start.py", "import boto3\nboto3.client('sagemaker')", "trainspec import --record -- python FILE"),
        ("start.py", "from sagemaker.estimator import Estimator", "trainspec import --record -- python FILE"),
        ("dag.py", "import boto3\nfrom airflow import DAG", "no SageMakerTrainingOperator"),
    ],
)
def test_what_else_people_have_is_led_to_a_way(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(CannotImportError) as caught:
        read_file(tmp_path / name)
    assert said in str(caught.value)
