"""What runs inside Airflow: the operators of generated DAG files, and the engine, which needs no Airflow.

Every DAG file that uses the operator pays for this import at each parse, so nothing heavy is imported here: no boto3,
no provider, nothing of the compiler. The names below are loaded when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trainspec.runtime.best import BestPoint
    from trainspec.runtime.gate import MetricGate
    from trainspec.runtime.operator import TrainingJobOperator
    from trainspec.runtime.sensor import TrainingJobSensor
    from trainspec.runtime.sweep_operator import TrainingJobSweepOperator
    from trainspec.runtime.trigger import TrainingJobTrigger
    from trainspec.runtime.tuning_operator import TuningJobOperator
    from trainspec.runtime.tuning_sensor import TuningJobSensor
    from trainspec.runtime.tuning_trigger import TuningJobTrigger

_MODULES = {
    "BestPoint": "best",
    "MetricGate": "gate",
    "TrainingJobOperator": "operator",
    "TrainingJobSensor": "sensor",
    "TrainingJobSweepOperator": "sweep_operator",
    "TrainingJobTrigger": "trigger",
    "TuningJobOperator": "tuning_operator",
    "TuningJobSensor": "tuning_sensor",
    "TuningJobTrigger": "tuning_trigger",
}

__all__ = [
    "BestPoint",
    "MetricGate",
    "TrainingJobOperator",
    "TrainingJobSensor",
    "TrainingJobSweepOperator",
    "TrainingJobTrigger",
    "TuningJobOperator",
    "TuningJobSensor",
    "TuningJobTrigger",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
