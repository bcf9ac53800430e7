"""Definition, references, rename, hover, outline, lenses, actions, formatting."""

import json

import pytest
from lsprotocol.types import Position, Range, TextEdit
from room import BASE, SPEC, Room
from trainspec.lsp.actions import FIX_ALL, actions
from trainspec.lsp.documents import Document
from trainspec.lsp.formatting import edits
from trainspec.lsp.lens import lenses, request_of
from trainspec.lsp.navigation import RenameError, definition, prepare_rename, references, rename
from trainspec.lsp.symbols import symbols


def at(document: Document, text: str, inside: int = 1) -> Position:
    """The position within the first occurrence of a text."""
    return document.places.position(document.source.text.index(text) + inside)


def applied(document: Document, changes: list[TextEdit]) -> str:
    text = document.source.text
    places = [
        (document.places.offset(each.range.start), document.places.offset(each.range.end), each.new_text)
        for each in changes
    ]
    for start, end, new in sorted(places, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def test_definition_of_a_variable_in_another_file(room: Room) -> None:
    spec = room.open("churn.yaml", SPEC)
    (found,) = definition(room.checker, spec, at(spec, "vars.image", 6))
    assert found.uri.endswith("/specs/base.yaml")
    assert found.range == Range(Position(0, 7), Position(0, 12))


def test_definition_of_a_job_and_of_a_file(room: Room) -> None:
    spec = room.open("churn.yaml", SPEC)
    (job,) = definition(room.checker, spec, at(spec, "[prepare]", 2))
    assert job.range.start == Position(5, 2)
    (file,) = definition(room.checker, spec, at(spec, "base.yaml"))
    assert file.uri.endswith("/specs/base.yaml")


def test_references_across_files(room: Room) -> None:
    room.write("other.yaml", SPEC.replace("id: churn", "id: other"))
    room.write("alone.yaml", "trainspec: 1\nvars: {image: x}\njobs: {a: {image: '${vars.image}'}}\n")
    spec = room.open("churn.yaml", SPEC)
    found = references(room.checker, spec, at(spec, "vars.image", 6), include_declaration=True)
    files = sorted({each.uri.rpartition("/")[2] for each in found})
    assert files == ["base.yaml", "churn.yaml", "other.yaml"], "a variable of the same name elsewhere is another"
    assert len(found) == 5
    assert len(references(room.checker, spec, at(spec, "vars.image", 6), include_declaration=False)) == 4


def test_rename_leaves_sound_specs(room: Room) -> None:
    spec, base = room.open("churn.yaml", SPEC), room.open("base.yaml", BASE)
    edit = rename(room.checker, spec, at(spec, "vars.image", 6), "container")
    assert edit is not None
    assert edit.changes is not None
    assert set(edit.changes) == {spec.uri, base.uri}
    room.open("base.yaml", applied(base, list(edit.changes[base.uri])), 2)
    renamed = room.open("churn.yaml", applied(spec, list(edit.changes[spec.uri])), 2)
    assert renamed.source.text.count("${vars.container}") == 2
    assert room.codes(renamed) == []


@pytest.mark.parametrize("name", ["prepare", "train"])
def test_rename_of_a_job(room: Room, name: str) -> None:
    spec = room.open("churn.yaml", SPEC)
    edit = rename(room.checker, spec, at(spec, f"  {name}:", 3), "first")
    assert edit is not None
    assert edit.changes is not None
    renamed = room.open("churn.yaml", applied(spec, list(edit.changes[spec.uri])), 2)
    assert room.codes(renamed) == []
    assert list(room.checker.analysis(renamed).requests)[name == "train"] == "first"


@pytest.mark.parametrize("new", ["", "a b", "${x}", "data"])
def test_a_name_that_cannot_be_one(room: Room, new: str) -> None:
    spec = room.open("churn.yaml", SPEC.replace("{data: s3://my-data-bucket}", "{data: s3://b, more: x}"))
    with pytest.raises(RenameError):
        rename(room.checker, spec, at(spec, "more: x"), new)


def test_what_has_no_name_is_not_renamed(room: Room) -> None:
    spec = room.open("churn.yaml", SPEC)
    assert prepare_rename(spec, at(spec, "ml.m5.large")) is None
    assert rename(room.checker, spec, at(spec, "ml.m5.large"), "x") is None


def test_matrix_points_follow_their_job(room: Room) -> None:
    text = SPEC.replace(
        "    metrics:", '    matrix: {lr: [1, 2]}\n    hyperparameters: {lr: "${matrix.lr}"}\n    metrics:'
    )
    text = text.replace("prepare-{{ ds }}", "prepare-${matrix.id}-{{ ds }}").replace(
        '{model: "${jobs.prepare.model}"}', "{model: s3://b/m}"
    )
    spec = room.open("churn.yaml", text.replace("[prepare]", "[prepare.lr_1]"))
    places = references(room.checker, spec, at(spec, "  prepare:", 3), include_declaration=True)
    assert [each.range.end.character - each.range.start.character for each in places] == [7, 7]
    assert len(references(room.checker, spec, at(spec, "${matrix.lr}", 10), include_declaration=True)) == 2


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("inst|ance_type: ml", ["**resources.instance_type**", "`ResourceConfig.InstanceType`"]),
        ("max_run|time: 1h", ["**stopping.max_runtime**", "StoppingCondition.MaxRuntimeInSeconds"]),
        ("imag|e: ${vars.image}", ["123456789012.dkr.ecr", "specs/base.yaml:1", "by way of specs/churn.yaml:8"]),
        ("${vars.da|ta}", ["`vars.data` is `s3://my-data-bucket`", "specs/churn.yaml:4"]),
        ("sched|ule:", ["**dag.schedule**"]),
        ("na|me: prepare", ["**name**", "TrainingJobName"]),
    ],
)
def test_hover(room: Room, place: str, says: list[str]) -> None:
    shown = room.hovered(SPEC.replace(place.replace("|", ""), place, 1))
    for each in says:
        assert each in shown


def test_hover_of_a_code_and_of_nothing(room: Room) -> None:
    text = SPEC.replace("[prepare]", "[prepare]  # trainspec: ignore[TS5|51]")
    assert room.hovered(text).startswith("**TS551**")
    assert room.hovered("|" + SPEC.replace("trainspec: 1", "# a comment\ntrainspec: 1")) == ""


def test_hover_hides_secrets(room: Room) -> None:
    text = SPEC.replace("{data: s3://my-data-bucket}", "{data: s3://b, db_password: hunter2hunter2}")
    assert "hunter2" not in room.hovered(text.replace("${vars.data}/train/", "${vars.db_pass|word}"))


def test_hover_in_the_chosen_environment(room: Room) -> None:
    text = SPEC + "environments:\n  prod: {vars: {data: s3://prod-bucket}}\n"
    room.documents.environment = "prod"
    assert "s3://prod-bucket" in room.hovered(text.replace("${vars.data}", "${vars.da|ta}"))


def test_outline(room: Room) -> None:
    found = {
        each.name: [inner.name for inner in each.children or []] for each in symbols(room.open("churn.yaml", SPEC))
    }
    assert found["jobs"] == ["prepare", "train"]
    assert found["vars"] == ["data"]


def test_a_lens_shows_the_request(room: Room) -> None:
    spec = room.open("churn.yaml", SPEC)
    assert [(each.range.start.line, each.command and each.command.title) for each in lenses(spec)] == [
        (5, "show request"),
        (13, "show request"),
    ]
    shown = json.loads(request_of(room.checker, spec, "train") or "")
    assert shown["TrainingJobName"] == "train-{{ ds }}"
    assert shown["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"].endswith("key='model') }}")
    assert request_of(room.checker, spec, "nope") is None


def test_a_lens_masks(room: Room) -> None:
    spec = room.open(
        "churn.yaml", SPEC.replace("    metrics:", "    environment: {DB_PASSWORD: hunter2hunter2}\n    metrics:")
    )
    assert "hunter2" not in (request_of(room.checker, spec, "prepare") or "")


def test_a_fix(room: Room) -> None:
    spec = room.open("churn.yaml", SPEC.replace("volume_size", "volume_sise"))
    assert len(room.checker.check(spec)) == 2
    line = at(spec, "volume_sise").line
    found = actions(room.checker, spec, Range(Position(line, 0), Position(line, 9)), ["quickfix"])
    assert [each.title for each in found] == ["Replace `volume_sise` with `volume_size`"]
    (all_of_them,) = actions(room.checker, spec, Range(Position(0, 0), Position(0, 0)), [FIX_ALL])
    assert all_of_them.title == "Fix 2 findings of trainspec"
    assert all_of_them.edit is not None
    assert all_of_them.edit.changes is not None
    fixed = room.open("churn.yaml", applied(spec, list(all_of_them.edit.changes[spec.uri])), 2)
    assert fixed.source.text == SPEC


def test_silencing(room: Room) -> None:
    spec = room.open(
        "churn.yaml",
        SPEC.replace("    metrics:", "    unused_variable: 1\n    metrics:").replace(
            "unused_variable: 1", "spot: true"
        ),
    )
    warned = next(each for each in room.checker.check(spec) if each.severity.value != "error")
    line = spec.places.of(warned.span).start.line
    found = actions(room.checker, spec, Range(Position(line, 0), Position(line, 0)), None)
    silence = next(each for each in found if each.title == f"Silence {warned.code.id} on this line")
    assert silence.edit is not None
    assert silence.edit.changes is not None
    after = room.open("churn.yaml", applied(spec, list(silence.edit.changes[spec.uri])), 2)
    assert warned.code.id not in room.codes(after)
    assert "TS009" not in room.codes(after)


def test_formatting_is_that_of_fmt(room: Room) -> None:
    untidy = SPEC.replace(
        "    name: train-{{ ds }}\n    image: ${vars.image}\n",
        "    image: ${vars.image}\n\n\n    name: train-{{ ds }}\n",
    )
    spec = room.open("churn.yaml", untidy)
    from trainspec.editing.format import formatted

    assert applied(spec, edits(spec)) == formatted(spec.source).text
    assert edits(room.open("churn.yaml", formatted(spec.source).text, 2)) == []
