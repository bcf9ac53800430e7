"""Credentials from another source, as in a container, that are not available for a while."""

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.config import Config
from botocore.session import Session
from runtime_helpers import World
from trainspec.runtime.engine.problems import Kind, TrainingProblem

ATTEMPTS = 3  # botocore's attempts each time it needs credentials


class Source(ThreadingHTTPServer):
    """Gives credentials that must be renewed before each call; the first `failures` responses contain none."""

    failures = 0

    class Answer(BaseHTTPRequestHandler):
        server: "Source"

        def do_GET(self) -> None:
            self.server.failures -= 1
            self.send_response(503 if self.server.failures >= 0 else 200)
            self.end_headers()
            soon = datetime.now(timezone.utc) + timedelta(seconds=60)
            keys = {"AccessKeyId": "key", "SecretAccessKey": "secret", "Token": "token"}
            self.wfile.write(json.dumps({**keys, "Expiration": soon.isoformat()}).encode())

        def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    with Source(("127.0.0.1", 0), Source.Answer) as server:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://127.0.0.1:{server.server_port}/")
        monkeypatch.setattr("botocore.utils.ContainerMetadataFetcher.SLEEP_TIME", 0.01)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def _client(world: World) -> Any:
    once = Config(retries={"total_max_attempts": 1})
    return Session().create_client("sagemaker", "us-east-1", endpoint_url=world.simulator.url, config=once)


def test_credentials_that_cannot_be_renewed_for_a_while_are_ridden_out(world: World, source: Source) -> None:
    training = world.training(client=_client(world))
    job = training.start()
    source.failures = 4 * ATTEMPTS
    assert training.wait(job, None).completed
    assert sum("Error when retrieving credentials" in line for line in world.log) == 4


def test_credentials_that_never_were_fail_at_once(world: World, source: Source) -> None:
    client, started = _client(world), world.clock.now()
    source.failures = 1000
    with pytest.raises(TrainingProblem, match="Error when retrieving credentials") as raised:
        world.training(client=client).start()
    assert raised.value.kind is Kind.RETRY
    assert world.clock.now() == started
