"""What is offered at the cursor, and the text once it is chosen."""

import pytest
from room import SPEC, Room
from trainspec.lsp.known import ATTRIBUTES


def with_line(line: str, after: str = '    metrics: {auc: "auc=([0-9.]+)"}\n') -> str:
    """The spec with a half-written line after another one."""
    assert after in SPEC
    return SPEC.replace(after, f"{after}{line}\n")


def test_names_of_references(room: Room) -> None:
    offered = room.offered(SPEC.replace("${vars.data}/train/", "${|"))
    assert {"vars.image", "vars.data", "dag.id", "env", "job.id", "jobs.train.model"} <= set(offered)
    assert not [name for name in offered if name.startswith("jobs.prepare")], "a job cannot depend on itself"


def test_a_reference_is_closed(room: Room) -> None:
    text = room.completed(SPEC.replace('"${vars.data}/train/"', '"${vars.d|'), "vars.data")
    assert 'inputs: {train: "${vars.data}' in text


def test_results_of_other_jobs_with_their_metrics(room: Room) -> None:
    offered = room.offered(SPEC.replace("${jobs.prepare.model}", "${jobs.|"))
    assert "jobs.prepare.metrics.auc" in offered
    assert {f"jobs.prepare.{name}" for name in ATTRIBUTES} <= set(offered)


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_what_is_offered_is_accepted(room: Room, attribute: str) -> None:
    text = SPEC.replace(
        '{model: "${jobs.prepare.model}"}',
        f'{{model: s3://my-bucket/m/}}\n    environment: {{X: "${{jobs.prepare.{attribute}}}"}}',
    )
    assert room.codes(room.open("churn.yaml", text)) == []


def test_values_of_for_each(room: Room) -> None:
    text = SPEC.replace("dag: {id: churn", 'for_each: {team: [risk, growth]}\ndag: {id: "churn_${for_each.team}"')
    assert "for_each.team" in room.offered(text.replace("${vars.data}/train/", "${|"))


def test_matrix_variables(room: Room) -> None:
    text = with_line('    matrix: {lr: [0.1, 0.01]}\n    hyperparameters: {lr: "${|"}')
    assert {"matrix.lr", "matrix.id"} <= set(room.offered(text))


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("    check|", "checkpoint"),
        ("    |", "hyperparameters"),
        ("    vpc: {subnets: [subnet-1], sec|}", "security_groups"),
        ("    resources: {instance_type: ml.g5.|}", "ml.g5.xlarge"),
        ("    input_mode: F|", "FastFile"),
        ("    spot: |", "true"),
        ("    depends_on: [|", "train"),
        ("    depends_on:\n      - |", "train"),
        ("    task_group: models.risk\n  other:\n    task_group: m|", "models"),
        ("    task_group: models.risk\n  other:\n    task_group: |", "models.risk"),
        ("    proceed_if: {metric: |", "auc"),
        ("    operator: {action_if_job_exists: |", "increment"),
        ("    algorithm: xg|", "xgboost@1.7-1"),
        ("    framework: {name: |", "pytorch"),
        ("    framework: {name: pytorch, version: |", "2.3.0"),
        ("    trigger_rule: |", "all_done"),
    ],
)
def test_fields_and_words(room: Room, line: str, offered: str) -> None:
    assert offered in room.offered(with_line(line))


def test_what_is_written_is_not_offered_again(room: Room) -> None:
    offered = room.offered(with_line("    |"))
    assert "image" not in offered
    assert "spot" in offered


def test_a_builtin_algorithms_own_names(room: Room) -> None:
    text = SPEC.replace(
        "    image: ${vars.image}\n    inputs: {train",
        "    algorithm: xgboost@1.7-1\n    region: us-east-1\n    inputs: {train",
    )
    hyperparameters = text.replace("    metrics:", "    hyperparameters:\n      |\n    metrics:")
    assert {"eta", "num_round", "max_depth"} <= set(room.offered(hyperparameters))
    assert "validation" in room.offered(
        text.replace('{train: "${vars.data}/train/"}', '{train: "${vars.data}/train/", |}', 1)
    )


def test_top_level_and_environments(room: Room) -> None:
    assert {"sensors", "environments"} <= set(room.offered(SPEC + "|"))
    assert "trainspec" not in room.offered(SPEC + "|")
    assert {"jobs", "dag"} <= set(room.offered(SPEC + "environments:\n  prod:\n    |"))
    assert "instance_type" in room.offered(
        SPEC + "environments:\n  prod:\n    jobs:\n      train:\n        resources: {|"
    )


def test_files_to_extend(room: Room) -> None:
    assert room.offered(SPEC.replace("base.yaml", "|")) == ["base.yaml"]


def test_codes_in_a_comment(room: Room) -> None:
    assert "TS551" in room.offered(SPEC.replace("[prepare]", "[prepare]  # trainspec: ignore[TS5|"))


def test_nothing_in_a_comment_or_after_a_literal(room: Room) -> None:
    assert room.offered(with_line("    # sto|")) == []
    assert "vars.data" not in room.offered(SPEC.replace("${vars.data}/train/", "$${|"))


def test_secrets_are_not_shown_beside_a_name(room: Room) -> None:
    from lsprotocol.types import CompletionItem
    from trainspec.lsp.completion import complete

    text = SPEC.replace("{data: s3://my-data-bucket}", "{data: s3://b, db_password: hunter2hunter2}")
    document = room.open("churn.yaml", text.replace("${vars.data}/train/", "${"))
    offset = document.source.text.index('"${') + 3
    items: list[CompletionItem] = list(complete(room.checker, document, document.places.position(offset)).items)
    assert "hunter2" not in repr(items)
    assert "vars.db_password" in [item.label for item in items]
