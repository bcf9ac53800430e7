"""Ctrl-C and similar signals, sent to a real process: its jobs are stopped, or it says which one it leaves."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal

import pytest
from local_helpers import AT, DEFAULTS, ONE, SLOW, TWO, aws_settings, run_spec, write
from trainspec.simulator import Fault, Outcome, Plan, Simulator

from helpers import Run, heeding_signals

pytestmark = pytest.mark.slow  # real time, and a process for each test


@pytest.fixture
def slow() -> Iterator[Simulator]:
    with Simulator(plan=Plan(SLOW)) as simulator:
        yield simulator


@contextmanager
def started(
    aws: Simulator, project: Path, text: str, ready: Callable[[], bool], *options: str
) -> Iterator["subprocess.Popen[str]"]:
    """A run of `text` as a process, once it is `ready`."""
    command = [sys.executable, "-m", "trainspec", "run", write(project, text), *AT, *options]
    environment = {**os.environ, **aws_settings(aws.url)}
    with heeding_signals():
        begun = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=project
        )
    with begun as process:
        try:
            _until(ready)
            yield process
        finally:
            process.kill()


def running(aws: Simulator, project: Path, text: str, *options: str) -> AbstractContextManager["subprocess.Popen[str]"]:
    """A run of `text` as a process, once its job is training."""

    def trains() -> bool:
        return bool(aws.jobs) and aws.jobs[0].state(aws.clock.now()).secondary == "Training"

    return started(aws, project, text, trains, *options)


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_stops_the_job(slow: Simulator, project: Path, number: signal.Signals, code: int) -> None:
    with running(slow, project, TWO) as process:
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == code
    assert [(job.name, job.state(slow.clock.now()).status) for job in slow.jobs] == [("pretrain-2025-04-09", "Stopped")]
    assert "Stopping training job pretrain-2025-04-09" in stderr
    assert '"job": "pretrain", "status": "Stopped"' in stdout
    assert "finetune" not in stdout
    assert "Traceback" not in stderr


def test_a_job_that_is_seldom_looked_at_is_seen_to_stop(slow: Simulator, project: Path) -> None:
    with running(slow, project, ONE, "--check-interval", "600") as process:
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert '"status": "Stopped"' in stdout
    assert "still Stopping" not in stderr


@pytest.mark.parametrize("kind", ["slow", "lost_answer", "throttle"])
def test_a_signal_while_the_job_is_made(
    slow: Simulator, project: Path, kind: Literal["slow", "lost_answer", "throttle"]
) -> None:
    slow.faults.add(Fault(kind, "CreateTrainingJob", times=30, seconds=1))
    calls = len(slow.calls)
    with started(slow, project, ONE, lambda: len(slow.calls) > calls) as process:
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert {job.state(slow.clock.now()).status for job in slow.jobs} <= {"Stopped"}
    assert len(slow.jobs) == (0 if kind == "throttle" else 1)
    assert "Traceback" not in stderr


MANY = (
    DEFAULTS
    + """\
jobs:
  train: {matrix: {depth: [1, 2, 3, 4], eta: [1, 2, 3, 4]}, name: "train-${matrix.id}-{{ ds }}"}
"""
)


@pytest.mark.parametrize("calls", [10, 60])
def test_a_signal_at_any_moment_leaves_nothing_running(slow: Simulator, project: Path, calls: int) -> None:
    slow.faults.add(Fault("throttle", times=2, skip=calls))
    slow.faults.add(Fault("lost_answer", times=2, skip=calls // 2))
    slow.faults.add(Fault("cut_answer", times=2, skip=calls // 3))
    slow.faults.add(Fault("internal", times=2, skip=calls // 4))
    with started(slow, project, MANY, lambda: len(slow.calls) >= calls) as process:
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=120)
    assert process.returncode == 130
    assert {job.state(slow.clock.now()).status for job in slow.jobs} <= {"Stopped"}
    assert "Traceback" not in stderr


def test_a_second_signal_leaves_at_once(slow: Simulator, project: Path) -> None:
    assert isinstance(slow.plan, Plan)
    slow.plan.add("*", Outcome(0.05, 0.05, 600, stopping=600))
    with running(slow, project, ONE) as process:
        process.send_signal(signal.SIGINT)
        _until(lambda: slow.jobs[0].stop_requested is not None)
        time.sleep(0.6)  # two signals at once are one
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "churn-2025-04-09 may still be running" in stderr
    assert "aws sagemaker stop-training-job --training-job-name churn-2025-04-09 --region us-east-1" in stderr
    assert "Traceback" not in stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_what_runs_on_this_machine(project: Path, number: signal.Signals) -> None:
    """A script that ignores SIGTERM; none of it is in AWS, so nothing needs to be stopped there."""
    begun = project / "begun"
    (project / "src").mkdir()
    (project / "src" / "train.py").write_text(
        "import os, pathlib, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"made = pathlib.Path({str(begun)!r}); made.with_suffix('.new').write_text(str(os.getpid()))\n"
        "os.rename(made.with_suffix('.new'), made); time.sleep(600)\n"
    )
    text = ONE.replace(
        '"churn-{{ ds }}",', '"churn-{{ ds }}", source: {dir: ../src, entry: train.py, upload: s3://my-bucket/code/},'
    )
    command = [sys.executable, "-m", "trainspec", "run", write(project, text), *AT, "--local"]
    with (
        heeding_signals(),
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=project) as process,
    ):
        try:
            _until(lambda: begun.exists() or process.poll() is not None)
            process.send_signal(number)
            assert process.stderr
            heeded = next((line for line in process.stderr if line.startswith("Stopping the running jobs")), "")
            time.sleep(0.6)  # two signals at once are one
            process.send_signal(number)
            _, stderr = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 128 + number, stderr
    assert "a script has 20 seconds to end. Press Ctrl-C again" in heeded
    assert "churn-2025-04-09: its processes were ended\n" in stderr
    assert "aws sagemaker" not in stderr
    _until(lambda: not _words_of(begun.read_text()))


def _words_of(process_id: str) -> bytes:
    """The command line of a process; empty for one that has ended and not been waited for."""
    try:
        return Path(f"/proc/{process_id}/cmdline").read_bytes()
    except OSError:
        return b""


def test_a_run_that_was_killed_is_gone_on_with(
    slow: Simulator, trainspec: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(slow.plan, Plan)
    slow.plan.add("*", Outcome(0.05, 0.05, 3, 0.05, metrics={"auc": 0.5}))
    with running(slow, project, TWO) as process:
        process.kill()
        _, stderr = process.communicate()
    for name, value in aws_settings(slow.url).items():
        monkeypatch.setenv(name, value)
    ran = run_spec(trainspec, project, TWO, "--resume", stderr.partition("Run ")[2].split()[0])
    assert ran.returncode == 0
    assert [job.name for job in slow.jobs] == ["pretrain-2025-04-09", "finetune-2025-04-09"]
    assert "pretrain: Attaching to training job pretrain-2025-04-09, created by try 1 of this task run" in ran.stderr


def test_whoever_reads_the_output_may_go(slow: Simulator, project: Path) -> None:
    assert isinstance(slow.plan, Plan)
    slow.plan.add("*", Outcome(0.05, 0.05, 0.5, 0.05))
    with running(slow, project, ONE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stderr.close()
        process.wait(timeout=60)
    assert slow.jobs[0].state(slow.clock.now()).status == "Completed"
