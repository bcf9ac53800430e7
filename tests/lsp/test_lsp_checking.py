"""The findings of open documents: for unsaved texts, in all environments, across files."""

import pytest
from room import BASE, SPEC, Room


def test_a_sound_spec(room: Room) -> None:
    assert room.codes(room.open("churn.yaml", SPEC)) == []


def test_the_open_text_counts_and_not_the_file(room: Room) -> None:
    room.write("churn.yaml", SPEC)
    assert room.codes(room.open("churn.yaml", SPEC.replace("volume_size", "volume_sise", 1))) == ["TS101"]


def test_an_open_base_counts_for_what_extends_it(room: Room) -> None:
    spec = room.open("churn.yaml", SPEC)
    assert room.codes(spec) == []
    base = room.open("base.yaml", BASE.replace("image:", "picture:"))
    assert "TS201" in room.codes(spec)
    assert room.checker.depends_on(base) == [spec]


def test_environments_are_named(room: Room) -> None:
    text = SPEC + "environments:\n  prod: {jobs: {train: {resources: {instance_type: ml.nope}}}}\n"
    found = room.checker.check(room.open("churn.yaml", text))
    assert {each.code.id for each in found} == {"TS104"}
    assert [each.message for each in found] == [
        '`environments.prod.jobs.train.resources.instance_type` cannot be "ml.nope"'
    ]


def test_two_specs_with_one_dag(room: Room) -> None:
    room.write("a_first.yaml", SPEC)
    assert room.codes(room.open("churn.yaml", SPEC)) == ["TS605"]


def test_other_tools_yaml_is_left_alone(room: Room) -> None:
    path = room.root / "compose.yaml"
    path.write_text("services: {web: {image: nginx}}\n")
    document = room.documents.put(path.as_uri(), 1, path.read_text())
    assert document is not None
    assert room.codes(document) == []


def test_a_fragment_with_jobs_is_fine_where_a_spec_extends_it(room: Room) -> None:
    jobs = 'jobs:\n  more: {name: "m-{{ ds }}"}\n'
    room.write("churn.yaml", SPEC.replace("extends: base.yaml", "extends: [base.yaml, more.yaml]"))
    assert "TS108" not in room.codes(room.open("more.yaml", jobs))
    assert "TS108" in room.codes(room.open("forgotten.yaml", jobs))


def test_settings_that_are_wrong_are_said_and_are_none(room: Room) -> None:
    (room.root / "trainspec.toml").write_text("nonsense = 1\n")
    document = room.open("churn.yaml", SPEC)
    assert "nonsense" in room.documents.wrong_settings[document.path.parent]
    (room.root / "trainspec.toml").write_text('airflow = "2.11"\n')
    document = room.open("churn.yaml", SPEC, 2)
    assert room.documents.wrong_settings == {}
    assert document.project.airflow == "2.11"


POLICY = "id: ORG1\nmessage: no more than a day\nmust: {required: [%s]}\n"


def test_policies_and_prices_are_those_of_the_disk(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainspec.lsp.documents._SECONDS", 0)
    (room.root / "trainspec.toml").write_text('policies = ["policies/*.yaml"]\nprices = "prices.json"\n')
    room.open("churn.yaml", SPEC)
    assert "does not match any YAML file" in next(iter(room.documents.wrong_settings.values()))
    (room.root / "policies").mkdir()
    (room.root / "policies/one.yaml").write_text(POLICY % "VpcConfig")
    assert set(room.codes(room.open("churn.yaml", SPEC, 2))) == {"ORG1"}
    assert room.documents.wrong_settings == {}
    (room.root / "policies/one.yaml").write_text(POLICY % "RoleArn")
    assert room.codes(room.open("churn.yaml", SPEC, 3)) == []
    (room.root / "policies/two.yaml").write_text("id: ORG2\nmessage: dear\nmust: {max_cost: 0.01}\n")
    room.open("churn.yaml", SPEC, 4)
    assert "prices.json" in next(iter(room.documents.wrong_settings.values()))
    (room.root / "prices.json").write_text('{"date": "2026-11-01", "currency": "USD", "prices": {"us-east-1": {}}}')
    assert "TS710" in room.codes(room.open("churn.yaml", SPEC, 5))
    assert room.documents.wrong_settings == {}


def test_what_is_no_file_is_not_opened(room: Room) -> None:
    assert room.documents.put("untitled:Untitled-1", 1, SPEC) is None
    assert room.documents.put((room.root / "x.yaml").as_uri(), 1, "a" * 2_000_000) is None


def test_all_combinations_of_for_each_are_checked(room: Room) -> None:
    text = SPEC.replace("dag: {id: churn", 'for_each: {team: [risk, growth]}\ndag: {id: "churn_${for_each.team}"')
    assert room.codes(room.open("churn.yaml", text)) == []
    found = room.checker.check(
        room.open(
            "churn.yaml", text.replace("instance_type: ml.m5.large", 'instance_type: "ml.${for_each.team}"', 1), 2
        )
    )
    assert found
    assert {each.code.id for each in found} == {"TS104"}
