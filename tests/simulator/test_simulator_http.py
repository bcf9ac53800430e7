"""What is sent over the wire, without boto3: the control interface, and requests that no client should send."""

import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from simulator_helpers import REQUEST, request
from trainspec.simulator import ManualClock, Outcome, Simulator

TARGET = {"X-Amz-Target": "SageMaker.CreateTrainingJob", "Content-Type": "application/x-amz-json-1.1"}


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(clock=ManualClock()) as running:
        yield running


def send(
    simulator: Simulator, method: str, path: str, body: bytes | str | None = None, headers: Any = None
) -> tuple[int, dict[str, str], Any]:
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=10)
    try:
        json_sent = {"Content-Type": "application/json"} if path.startswith("/_simulator/") else {}
        connection.request(method, path, body, {**json_sent, **(headers or {})})
        response = connection.getresponse()
        raw = response.read()
        return response.status, dict(response.headers), json.loads(raw) if raw else None
    finally:
        connection.close()


def test_an_answer_is_aws_json(simulator: Simulator) -> None:
    status, headers, answer = send(simulator, "POST", "/", json.dumps(REQUEST), TARGET)
    assert (status, headers["Content-Type"]) == (200, "application/x-amz-json-1.1")
    assert len(headers["x-amzn-RequestId"]) == 36
    assert answer == {"TrainingJobArn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/churn"}
    describe = {"X-Amz-Target": "SageMaker.DescribeTrainingJob"}
    _, _, described = send(simulator, "POST", "/", '{"TrainingJobName": "churn"}', describe)
    assert described["CreationTime"] == simulator.clock.now()


BAD: list[tuple[str, str, Any, Any, int, str]] = [
    ("POST", "/", "{not json", TARGET, 400, "SerializationException"),
    ("POST", "/", "[]", TARGET, 400, "SerializationException"),
    ("POST", "/", '{"a": NaN}', TARGET, 400, "SerializationException"),
    ("POST", "/", b"\xff\xfe\x00", TARGET, 400, "SerializationException"),
    ("POST", "/", '{"Tags":' + "[" * 100_000, TARGET, 400, "SerializationException"),
    ("POST", "/", '{"Tags":' + "[" * 900 + "]" * 900 + "}", TARGET, 400, "SerializationException"),
    ("POST", "/", '{"Surprise": 1}', TARGET, 400, "SerializationException"),
    ("POST", "/", "", TARGET, 400, "ValidationException"),
    ("POST", "/", "{}", {"X-Amz-Target": "SageMaker.CreateUniverse"}, 404, "UnknownOperationException"),
    ("POST", "/", "{}", {}, 400, "MissingAction"),
    ("POST", "/elsewhere", "{}", TARGET, 404, "UnknownOperationException"),
    ("GET", "/", None, None, 405, "MethodNotAllowed"),
    ("PUT", "/", "{}", TARGET, 405, "MethodNotAllowed"),
    ("BREW", "/", None, None, 501, "BadRequest"),
    ("POST", "/", "x" * (1024 * 1024 + 1), TARGET, 413, "BadRequest"),
    ("POST", "/", "x" * (20 * 1024 * 1024), TARGET, 413, "BadRequest"),
    ("POST", "/", None, {**TARGET, "Content-Length": "many"}, 400, "BadRequest"),
    ("POST", "/", None, {**TARGET, "Content-Length": "-1"}, 400, "BadRequest"),
    ("POST", "/", None, {**TARGET, "Content-Length": "9" * 50}, 413, "BadRequest"),
    ("POST", "/", (b"{}" for _ in range(3)), TARGET, 411, "BadRequest"),
    ("GET", "/_simulator/nothing", None, None, 404, "NotFound"),
    ("POST", "/_simulator/faults", '{"kind": "flood"}', None, 400, "BadRequest"),
    ("POST", "/_simulator/faults", '{"sort": "reset"}', None, 400, "BadRequest"),
    ("POST", "/_simulator/outcomes", '{"training": "long"}', None, 400, "BadRequest"),
    ("POST", "/_simulator/outcomes", '{"training": -1}', None, 400, "BadRequest"),
    ("POST", "/_simulator/limits", '{"lag": "long"}', None, 400, "BadRequest"),
    ("POST", "/_simulator/limits", '{"rates": [{"per_second": 0}]}', None, 400, "BadRequest"),
    ("POST", "/_simulator/clock", '{"advance": -1}', None, 400, "BadRequest"),
    ("POST", "/_simulator/clock", "{}", None, 400, "BadRequest"),
]


@pytest.mark.parametrize(("method", "path", "body", "headers", "status", "kind"), BAD)
def test_bad_requests_get_clean_answers(
    simulator: Simulator,
    capfd: pytest.CaptureFixture[str],
    method: str,
    path: str,
    body: Any,
    headers: Any,
    status: int,
    kind: str,
) -> None:
    answered, _, answer = send(simulator, method, path, body, headers)
    assert (answered, answer["__type"]) == (status, kind)
    assert "Traceback" not in answer["message"]
    assert send(simulator, "GET", "/_simulator/health")[0] == 200
    assert simulator.jobs == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "garbage", [b"\r\n\r\n", b"\x16\x03\x01\x02\x00", b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab", b""]
)
def test_garbage_does_not_harm(simulator: Simulator, capfd: pytest.CaptureFixture[str], garbage: bytes) -> None:
    with socket.create_connection(("127.0.0.1", simulator.port), timeout=10) as connection:
        connection.sendall(garbage)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass
    assert send(simulator, "GET", "/_simulator/health")[0] == 200
    assert capfd.readouterr() == ("", "")


def test_a_connection_is_kept_and_closed_with_the_simulator() -> None:
    simulator = Simulator(clock=ManualClock()).start()
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=10)
    for _ in range(3):
        connection.request("GET", "/_simulator/health")
        assert json.loads(connection.getresponse().read())["status"] == "ok"
    raw = connection.sock
    assert raw is not None
    simulator.stop()
    assert raw.recv(1) == b""
    connection.close()


def test_another_process_can_count_and_steer(simulator: Simulator) -> None:
    assert send(simulator, "POST", "/_simulator/outcomes", '{"pattern": "churn", "failure": "no"}')[0] == 200
    for name in ("churn", "other", "churn"):
        send(simulator, "POST", "/", json.dumps(request(name)), TARGET)
    _, _, calls = send(simulator, "GET", "/_simulator/calls?operation=CreateTrainingJob&name=churn")
    assert [(call["number"], call["operation"], call["name"], call["error"]) for call in calls] == [
        (1, "CreateTrainingJob", "churn", None),
        (3, "CreateTrainingJob", "churn", "ResourceInUse"),
    ]
    assert calls[0]["params"] == REQUEST
    assert len(send(simulator, "GET", "/_simulator/calls")[2]) == 3
    send(simulator, "POST", "/_simulator/clock", '{"advance": 1000}')
    _, _, jobs = send(simulator, "GET", "/_simulator/jobs")
    assert [(job["TrainingJobName"], job["TrainingJobStatus"], job["Tags"]) for job in jobs] == [
        ("churn", "Failed", {"team": "growth"}),
        ("other", "Completed", {"team": "growth"}),
    ]


def test_another_process_can_set_limits(simulator: Simulator) -> None:
    limits = {"lag": 5, "quotas": {"ml.m5.large": 2}, "rates": [{"per_second": 1, "operation": "List*"}]}
    assert send(simulator, "POST", "/_simulator/limits", json.dumps(limits))[0] == 200
    assert (simulator.limits.lag, simulator.limits.quotas) == (5, {"ml.m5.large": 2})
    assert [simulator.limits.allows("ListTrainingJobs", 0) for _ in range(2)] == [True, False]
    assert send(simulator, "POST", "/_simulator/limits", "{}")[0] == 200
    assert (simulator.limits.lag, simulator.limits.quotas) == (0, {})
    assert simulator.limits.allows("ListTrainingJobs", 0)


def test_steering_needs_something_that_can_be_steered() -> None:
    with Simulator(plan=lambda name, request: Outcome()) as simulator:
        assert send(simulator, "POST", "/_simulator/clock", '{"advance": 1}')[0] == 400
        assert send(simulator, "POST", "/_simulator/outcomes", '{"training": 1}')[0] == 400


def test_a_taken_port_is_an_oserror(simulator: Simulator) -> None:
    with pytest.raises(OSError, match="in use"):
        Simulator(simulator.port).start()


def test_it_listens_on_loopback_alone(simulator: Simulator) -> None:
    assert simulator._server is not None
    assert simulator._server.socket.getsockname() == ("127.0.0.1", simulator.port)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/_simulator/calls", {"Host": "evil.example:4587"}, 403),
        ("GET", "/_simulator/calls", {"Host": "127.0.0.1.evil.example"}, 403),
        ("GET", "/_simulator/calls", {"Origin": "http://evil.example"}, 403),
        ("GET", "/_simulator/calls", {"Origin": "null"}, 403),
        ("GET", "/_simulator/calls", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("POST", "/", {**TARGET, "Origin": "http://evil.example"}, 403),
        ("POST", "/", {**TARGET, "Host": "evil.example"}, 403),
        ("POST", "/_simulator/faults", {"Content-Type": "text/plain"}, 415),
        ("POST", "/_simulator/limits", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ("GET", "/_simulator/calls", {"Host": "localhost:1"}, 200),
        ("GET", "/_simulator/calls", {"Host": "[::1]:4587"}, 200),
        ("GET", "/_simulator/calls", {"Host": "172.17.0.1:4587"}, 200),
        ("GET", "/_simulator/calls", {"Host": "host.docker.internal:4587"}, 200),
    ],
)
def test_no_web_page_is_served(
    simulator: Simulator, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    assert send(simulator, method, path, "{}" if method == "POST" else None, headers)[0] == status


def test_the_journal_keeps_no_secrets(simulator: Simulator) -> None:
    body = {**REQUEST, "Environment": {"DB_PASSWORD": "hunter2-x", "STAGE": "development"}}
    assert send(simulator, "POST", "/", json.dumps(body), TARGET)[0] == 200
    for path in ("/_simulator/calls", "/_simulator/jobs"):
        shown = json.dumps(send(simulator, "GET", path)[2])
        assert "hunter2" not in shown
        assert "development" in shown


@pytest.mark.slow
def test_the_journal_is_bounded(simulator: Simulator) -> None:
    large = {f"a{index}": "x" * 4_000 for index in range(200)}
    body = json.dumps({"TrainingJobName": "x", "HyperParameters": large})
    for _ in range(24):
        send(simulator, "POST", "/", body, TARGET)
    calls = simulator.calls
    assert sum(len(repr(call)) for call in calls) <= 17_000_000
    assert calls[-1].number == 24
    assert len(calls) < 24
