"""What a trigger rule makes of earlier tasks, by Airflow's table of rules; and which task waits for which."""

import pytest
from trainspec.language.data import SpecData
from trainspec.language.task import TRIGGER_RULES
from trainspec.local.steps import State, instead_of_running, steps_of, waiting_jobs

S, F, K, U = State.SUCCESS, State.FAILED, State.SKIPPED, State.UPSTREAM_FAILED
RULES: list[tuple[str, list[State], State | None]] = [
    ("all_success", [S, S], None),
    ("all_success", [S, F], U),
    ("all_success", [S, U], U),
    ("all_success", [S, K], K),
    ("all_success", [], None),
    ("all_failed", [F, U], None),
    ("all_failed", [F, S], K),
    ("all_done", [F, K, S], None),
    ("all_done_setup_success", [F, K], None),
    ("all_done_min_one_success", [F, S], None),
    ("all_done_min_one_success", [F, K], U),
    ("one_success", [F, S], None),
    ("one_success", [K, K], K),
    ("one_success", [F, K], U),
    ("one_failed", [F, S], None),
    ("one_failed", [S, K], K),
    ("one_done", [K, S], None),
    ("one_done", [K, K], K),
    ("none_failed", [S, K], None),
    ("none_failed", [S, F], U),
    ("none_failed_min_one_success", [S, K], None),
    ("none_failed_min_one_success", [K, K], K),
    ("none_failed_min_one_success", [S, F], U),
    ("none_skipped", [S, F], None),
    ("none_skipped", [S, K], K),
    ("all_skipped", [K, K], None),
    ("all_skipped", [S, K], K),
    ("always", [F, K], None),
]


@pytest.mark.parametrize(("rule", "upstream", "instead"), RULES)
def test_rules(rule: str, upstream: list[State], instead: State | None) -> None:
    assert instead_of_running(rule, upstream) is instead


def test_all_rules_are_known() -> None:
    assert {rule for rule, _, _ in RULES} == set(TRIGGER_RULES)


def test_steps() -> None:
    data: SpecData = {
        "dag": {"default_args": {"trigger_rule": "all_done"}},
        "jobs": {
            "a": {},
            "m.x-1": {"depends_on": "a"},
            "m.x-2": {"depends_on": "a"},
            "z": {"depends_on": ["t"], "trigger_rule": "always"},
        },
        "tasks": {"t": {"depends_on": "m"}},
    }
    steps = steps_of(data, {"m": ("m.x-1", "m.x-2")})
    assert {step.task_id: step.upstream for step in steps} == {
        "a": (), "m.x-1": ("a",), "m.x-2": ("a",), "z": ("t",), "t": ("m.x-1", "m.x-2"),
    }  # fmt: skip
    assert [step.rule for step in steps] == ["all_done", "all_done", "all_done", "always", "all_done"]
    assert waiting_jobs(steps, {"a", "z"}) == {"z": "a"}
    assert waiting_jobs(steps, {"a"}) == {}
