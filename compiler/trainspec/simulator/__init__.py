"""A SageMaker endpoint on loopback: training jobs that follow a clock, without an AWS account.

    with Simulator() as simulator:
        simulator.client().create_training_job(...)

Whatever takes an `endpoint_url` (boto3, the AWS CLI, an Airflow connection) talks to it unchanged.
"""

from trainspec.simulator.clock import Clock, ManualClock, ScaledClock
from trainspec.simulator.containers import strict
from trainspec.simulator.faults import Fault
from trainspec.simulator.limits import Limits, Rate
from trainspec.simulator.outcomes import Outcome, Plan, plan_from_options
from trainspec.simulator.simulator import Simulator, serve

__all__ = [
    "Clock",
    "Fault",
    "Limits",
    "ManualClock",
    "Outcome",
    "Plan",
    "Rate",
    "ScaledClock",
    "Simulator",
    "plan_from_options",
    "serve",
    "strict",
]
