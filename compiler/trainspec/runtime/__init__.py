"""What runs inside Airflow: the operators that generated DAG files use, and the Airflow-free engine under them.

Every DAG file that uses the operator pays for this import at each parse, so nothing heavy is imported here: no boto, no
provider, nothing of the compiler. The names below are loaded when they are asked for; the engine needs no Airflow.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trainspec.runtime.gate import MetricGate
    from trainspec.runtime.operator import TrainingJobOperator
    from trainspec.runtime.trigger import TrainingJobTrigger

__all__ = ["MetricGate", "TrainingJobOperator", "TrainingJobTrigger"]


def __getattr__(name: str) -> Any:
    if name == "TrainingJobOperator":
        from trainspec.runtime.operator import TrainingJobOperator

        return TrainingJobOperator
    if name == "MetricGate":
        from trainspec.runtime.gate import MetricGate

        return MetricGate
    if name == "TrainingJobTrigger":
        from trainspec.runtime.trigger import TrainingJobTrigger

        return TrainingJobTrigger
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
