"""The identity in a job: what is encoded is decoded, within AWS's limits."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from runtime_helpers import REQUEST, RUN, SERVERLESS
from trainspec.runtime.engine.identity import Label, Relation, TaskRun
from trainspec.runtime.engine.label import TAG, VARIABLE, decode, encode, sign, signature
from trainspec.runtime.engine.names import MAX_NAME, with_suffix

IDS = st.text(min_size=1, max_size=250)
NUMBERS = st.integers(-(10**6), 10**6)
RUNS = st.builds(TaskRun, IDS, IDS, IDS, NUMBERS, NUMBERS, st.integers(0, 2**53), st.integers(0, 100))
# What AWS allows in a tag's value; an environment variable's may contain anything.
TAG_VALUE = re.compile(r"[A-Za-z0-9 _.:/=+\-@]*")


@given(RUNS, st.integers(0, 1000), st.sampled_from([512, 256]))
def test_round_trip(run: TaskRun, try_number: int, limit: int) -> None:
    label = Label.of(run, try_number)
    text = encode(label, limit)
    assert len(text) <= limit
    assert TAG_VALUE.fullmatch(text)
    found = decode(text)
    assert found is not None
    assert label.relation(found) is Relation.SAME
    numbers = (found.task_run.map_index, found.task_run.generation, found.task_run.started, found.task_run.retries)
    assert numbers == (run.map_index, run.generation, run.started, run.retries)
    assert found.try_number == try_number
    if found.complete:
        assert (found.task_run.dag_id, found.task_run.run_id, found.task_run.task_id) == (
            (run.dag_id, run.run_id, run.task_id)
        )


@given(st.text("abc_.-0123456789", min_size=1, max_size=150), st.text("ABC:+-_T0123456789", min_size=1, max_size=150))
def test_ids_of_common_length_stay_whole(dag_id: str, run_id: str) -> None:
    found = decode(encode(Label.of(TaskRun(dag_id, run_id, "train"), 1)))
    assert found is not None
    assert found.complete
    assert (found.task_run.dag_id, found.task_run.run_id) == (dag_id, run_id)


def test_ids_as_long_as_airflow_allows_keep_their_beginnings() -> None:
    run = TaskRun("d" * 250, "r" * 250, "t" * 250)
    text = encode(Label.of(run, 1))
    found = decode(text)
    assert len(text) <= 512
    assert found is not None
    assert not found.complete
    assert min(map(len, (found.task_run.dag_id, found.task_run.run_id, found.task_run.task_id))) > 100


@given(RUNS, RUNS)
def test_different_tasks_are_never_taken_for_each_other(one: TaskRun, other: TaskRun) -> None:
    same = (one.dag_id, one.run_id, one.task_id, one.map_index) == (
        (other.dag_id, other.run_id, other.task_id, other.map_index)
    )
    found = decode(encode(Label.of(other, 1), 256))
    assert (Label.of(one, 1).relation(found) is Relation.OTHER) == (not same or _never_met(one, other))


def _never_met(one: TaskRun, other: TaskRun) -> bool:
    """Whether nothing shows that the runs with one name are the same run, or that run before it was cleared."""
    return other.generation >= one.generation and other.clears >= one.clears and other.started != one.started


def test_the_format_stays_readable() -> None:
    """Running jobs carry what a release wrote. A text is added here when the format changes, none is removed."""
    first = "1/0/1/2/-1/1744156800000000/ends/{}/my_dag/scheduled__2025-04-09T00:00:00+00:00/train"
    assert decode(first.format(RUN.digest)) == Label.of(replace(RUN, retries=1), 2)
    second = "2/prod/0/3/1/2/-1/1744156800000000/ends/{}/my_dag/scheduled__2025-04-09T00:00:00+00:00/train"
    label = Label.of(replace(RUN, retries=1, clears=3, installation="prod"), 2)
    assert decode(second.format(RUN.digest)) == label
    assert encode(label) == second.format(RUN.digest)


@given(RUNS, st.text(max_size=3).filter(lambda text: text not in ("1", "2") and "/" not in text))
def test_an_unknown_version_is_anothers(run: TaskRun, version: str) -> None:
    label = Label.of(run, 1)
    _, _, rest = encode(label).partition("/")
    for text in (f"{version}/{rest}", f"{version}/{rest}/more", f"{version}/{rest.partition('/')[2]}", version):
        assert decode(text) is None
    assert label.relation(None) is Relation.OTHER


@given(st.text(max_size=600))
def test_any_other_text_is_nobodys(text: str) -> None:
    assert decode(text) is None


@pytest.mark.parametrize(
    ("request_", "by_tag"),
    [
        (REQUEST, False),
        ({**REQUEST, "Environment": {}}, False),
        ({**REQUEST, "Environment": {f"V{number}": "" for number in range(99)}}, False),
        ({**REQUEST, "Environment": {f"V{number}": "" for number in range(100)}}, True),
        (SERVERLESS, True),
        ({**SERVERLESS, "Tags": [{"Key": str(number), "Value": ""} for number in range(49)]}, True),
    ],
)
def test_where_the_identity_goes(request_: dict[str, object], by_tag: bool) -> None:
    label = Label.of(RUN, 2)
    signed = sign(request_, label)
    assert signature(signed, signed.get("Tags", [])) == label
    assert (VARIABLE in signed.get("Environment", {})) == (not by_tag)
    assert (TAG in [tag["Key"] for tag in signed.get("Tags", [])]) == by_tag
    assert sign(signed, label) == signed


@given(st.text("ab-", min_size=1, max_size=63), st.from_regex(r"[0-9]{1,20}", fullmatch=True))
def test_a_suffixed_name_is_a_valid_name(name: str, suffix: str) -> None:
    name = "a" + name[1:]
    found = with_suffix(name, suffix)
    assert len(found) <= MAX_NAME
    assert found.endswith(f"-{suffix}")
    assert re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", found)
