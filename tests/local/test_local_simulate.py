"""`--simulate` as a separate process, where nothing of AWS exists or works; and what a terminal shows."""

import json
import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path

from local_helpers import ONE, TWO, write

from helpers import Run

NOTHING_WORKS = {
    "PATH": os.environ["PATH"],
    "HOME": "/nowhere",
    "AWS_PROFILE": "not-there",
    "AWS_CA_BUNDLE": "/nowhere",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "TERM": "xterm",
}
SIMULATE = ("--simulate", "--phase-seconds", "0.2")


def command(project: Path, text: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "trainspec", "run", write(project, text), *SIMULATE, *arguments]


def test_two_jobs_within_seconds(project: Path) -> None:
    started = time.monotonic()
    ran = subprocess.run(
        command(project, TWO), capture_output=True, text=True, env=NOTHING_WORKS, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert [json.loads(line)["status"] for line in ran.stdout.splitlines()] == ["Completed", "Completed"]
    assert "nothing is sent to AWS" in ran.stderr
    assert "\x1b" not in ran.stderr
    assert time.monotonic() - started < 60


def test_a_failure_on_demand(project: Path) -> None:
    words = command(project, ONE, "--fail", "churn-*=AlgorithmError: out of memory")
    ran = subprocess.run(words, capture_output=True, text=True, env=NOTHING_WORKS, timeout=120, check=False)
    assert ran.returncode == 1
    assert json.loads(ran.stdout)["reason"] == "AlgorithmError: out of memory"
    assert "console.aws.amazon.com" not in ran.stderr


GATE = "epochs: 10}, proceed_if: {metric: of-the-image, at_least: 0.6}"
GATED = ONE.replace("epochs: 10}", GATE).rstrip() + "  # trainspec: ignore[TS590]\n"


def test_metrics_are_what_the_user_says(trainspec: Run, project: Path) -> None:
    closed = trainspec(*command(project, GATED)[3:])
    assert "of-the-image is 0.5, and must be at least 0.6: no\n" in closed.stderr
    opened = trainspec(*command(project, GATED, "--metric", "of-the-image=0.7")[3:])
    assert json.loads(opened.stdout)["metrics"]["of-the-image"] == 0.7
    assert (closed.returncode, opened.returncode) == (0, 0)


def _on_terminal(words: list[str], environment: dict[str, str]) -> str:
    """What a command writes to a terminal."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(words[0], words, environment)  # noqa: S606
    written = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        written += piece
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, written
    return written.decode()


def test_a_terminal_shows_what_runs_below_the_lines(project: Path) -> None:
    written = _on_terminal(command(project, TWO, "--phase-seconds", "0.1,0.1,1,0.1"), NOTHING_WORKS)
    status = r"> pretrain  pretrain-\d{4}-\d\d-\d\d  InProgress  Training \d+s  total \d+s\r\n"
    assert re.search(status + r"\r\x1b\[1A\x1b\[J", written)
    assert _screen(written)[-1].startswith("finetune  Completed")
    assert not [line for line in _screen(written) if line.startswith("> ")]


def test_a_terminal_without_movement_gets_lines(project: Path) -> None:
    assert "\x1b" not in _on_terminal(command(project, ONE), {**NOTHING_WORKS, "TERM": "dumb"})


def _screen(written: str) -> list[str]:
    """The lines that remain of the output, if the cursor moves up and everything below it is erased."""
    lines: list[str] = []
    for piece in re.split(r"(\r\x1b\[\d+A\x1b\[J)", written):
        if up := re.fullmatch(r"\r\x1b\[(\d+)A\x1b\[J", piece):
            del lines[-int(up[1]) :]
        else:
            lines += piece.split("\r\n")[:-1]
    return lines
