"""What a thousand deferred waits cost in calls, when one process holds them all."""

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from measure import Bench
from table import Line
from trainspec.simulator import Outcome, Simulator

_ROUNDS = 20  # ten minutes at 30 seconds
_REQUEST = {
    "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
    "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
    "OutputDataConfig": {"S3OutputPath": "s3://models/"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
}


def thousand(bench: Bench) -> list[Line]:
    """1,000 jobs that run for twenty intervals and then end one after the other, over five intervals."""
    count, interval = (20, 0.5) if bench.is_quick else (1000, 6.0)
    with Simulator() as simulator:
        for number in range(count):
            seconds = interval * (_ROUNDS + 5 * number / count)
            simulator.account.choose = lambda *_, seconds=seconds: Outcome(0, 0, seconds, 0)
            simulator.account.create("us-east-1", {**_REQUEST, "TrainingJobName": f"job-{number}"})
        ends = {job.name: job.state(1e12).end or 0.0 for job in simulator.jobs}
        script = Path(__file__).parent.parent / "inside" / "waits.py"
        arguments = [simulator.url, str(count), str(time.time()), str(interval)]
        done = subprocess.run([sys.executable, str(script), *arguments], capture_output=True, text=True)
        calls = Counter(call.operation for call in simulator.calls)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    said = json.loads(done.stdout)
    late = sorted((said["seen"][name] - end) / interval for name, end in ends.items())
    describes, lists = calls["DescribeTrainingJob"], calls["ListTrainingJobs"]
    return [
        Line(
            f"calls of {count:,} waits over {_ROUNDS} intervals of {interval:g} s",
            f"{lists:,} lists, {describes:,} describes", "one describe a wait and interval", f"{count * _ROUNDS:,}",
            (lists + describes) / (count * _ROUNDS), 0.1,
            f"ends noticed after {late[len(late) // 2]:.2f} (median) to {late[-1]:.2f} intervals; "
            f"{said['first']:.0f} MB, then at most {said['early']:.0f} and {said['late']:.0f}",
        )
    ]  # fmt: skip
