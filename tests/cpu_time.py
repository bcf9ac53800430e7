"""Bounds on CPU time that hold on every machine.

A second of CPU does less where coverage is measured, and where others share the caches and the clock of a processor: a
test that takes 1 second may take 5. What a fault costs must not hide behind a bound that allows for that, so seconds
are converted to those of a quiet machine: divided by how many times longer a piece of the project's own code takes in
this process right before or right after, whichever is longer.

`uv run python tests/cpu_time.py` prints the reference, where the machine is quiet.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from trainspec.importers.dag_file import import_dag_file

QUIET_SECONDS = 0.0039
"""What `_work` takes on a quiet machine, without coverage: the least of many on an EPYC at 2.4 GHz with Python 3.11."""
TIMES = 5

_DAG_FILE = """
from airflow import DAG
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
def config(name, size):
    sources = {each: {"S3DataSource": {"S3Uri": f"s3://data/{each}/"}} for each in ("train", "test")}
    channels = [{"ChannelName": each, "DataSource": source} for each, source in sources.items()]
    return {"TrainingJobName": f"churn-{name}", "InputDataConfig": channels, "HyperParameters": {"size": str(size)}}
with DAG("churn", schedule="@daily") as dag:
    prepare = SageMakerTrainingOperator(task_id="prepare", config=config("prepare", 1))
    for number in range(3):
        prepare >> SageMakerTrainingOperator(task_id=f"train_{number}", config=config(f"n{number}", number * 2))
"""


def _work() -> None:
    import_dag_file(_DAG_FILE)


def slowness() -> float:
    """How many times slower than on a quiet machine this process runs now; 1 where it is faster."""
    _work()  # what is imported or cached when it runs first does not count
    return max(median(_seconds() for _ in range(TIMES)) / QUIET_SECONDS, 1)


def _seconds() -> float:
    start = time.process_time()
    _work()
    return time.process_time() - start


def is_within(bound: float, took: float, before: float = 1) -> bool:
    """Whether a process that just `took` so many CPU seconds, and was `before` so slow, keeps a quiet machine's bound.

    Nothing is measured where the seconds are within the bound as they are.
    """
    return took <= bound or took / max(before, slowness()) <= bound


@contextmanager
def cpu_seconds(at_most: float) -> Iterator[None]:
    """The body takes `at_most` so many CPU seconds of a quiet machine; AssertionError otherwise."""
    before, start = slowness(), time.process_time()
    yield
    took = time.process_time() - start
    assert is_within(at_most, took, before), f"{took:.2f} CPU seconds, at most {at_most} of a quiet machine are allowed"


if __name__ == "__main__":
    print(f"{min(_seconds() for _ in range(1000)):.4f}")  # noqa: T201
