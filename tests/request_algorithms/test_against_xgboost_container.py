"""The table of XGBoost compared with the validators of AWS's own container, if those can be imported.

The container is not on PyPI: `git clone https://github.com/aws/sagemaker-xgboost-container`, then
`PYTHONPATH=sagemaker-xgboost-container/src uv run pytest tests/request_algorithms`. It needs no other package of the
container. A table is for all versions of an image, a container has one: the table may have more words.
"""

from types import SimpleNamespace
from typing import Any

import pytest
from trainspec.request.algorithms import by_name, problem_of

validation = pytest.importorskip(
    "sagemaker_xgboost_container.algorithm_mode.hyperparameter_validation",
    reason="sagemaker-xgboost-container/src is not on PYTHONPATH",
)
XGBOOST: Any = by_name("xgboost")
THEIRS: dict[str, Any] = validation.initialize(SimpleNamespace(names=[])).hyperparameters
OURS = XGBOOST.hyperparameters
NUMBERS = (
    "-1", "-0.5", "0", "0.5", "1", "1.0", "1e2", "1.5", "2", "3", "4", "100", "2147483647", "1e-5", "nan", "many",
    "true", "",
)  # fmt: skip
OTHERS = ("(1,-1)", "1,-1", "(2,0)", "up", "[[1, 2], [3, 4]]", "0,1", "hist", '"hist"', "auc,error@0.7", "gini")
OWN_WORDS = {"objective": {"aft_loss_distribution"}}
"""What the container lists by mistake: XGBoost has no such objective."""


def takes(theirs: Any, text: str) -> bool:
    """Whether the container's validator accepts a value."""
    try:
        theirs.validate_range(theirs.parse(text))
    except Exception:
        return False
    return True


def words(theirs: Any) -> set[str]:
    return set(theirs.range) if isinstance(theirs.range, (list, tuple)) else set()


def test_every_hyperparameter_is_in_the_table() -> None:
    assert {name for name in THEIRS if not name.startswith("_")} - set(OURS) == set()
    assert {name for name, each in THEIRS.items() if each.required} == set(XGBOOST.required)


@pytest.mark.parametrize("name", sorted(name for name in THEIRS if not name.startswith("_")))
def test_no_value_is_refused_that_the_container_takes(name: str) -> None:
    theirs = THEIRS[name]
    known = words(theirs) - OWN_WORDS.get(name, set())
    texts = [*NUMBERS, *OTHERS, *(each for each in known if isinstance(each, str))]
    refused = [text for text in texts if takes(theirs, text) and problem_of(OURS[name], text) is not None]
    assert refused in ([], ["nan"])  # by Python's comparisons, NaN is in every interval


@pytest.mark.parametrize(
    "name", sorted(name for name, kind in OURS.items() if name in THEIRS and kind.kind in ("integer", "float"))
)
def test_no_number_is_taken_that_the_container_refuses(name: str) -> None:
    taken = [text for text in NUMBERS if problem_of(OURS[name], text) is None and not takes(THEIRS[name], text)]
    assert taken == []
