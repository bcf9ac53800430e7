"""Runs the command that is recorded: the recorder on loopback is its AWS, whatever the user's configuration says."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trainspec.recording.objects import Objects
from trainspec.recording.server import Created, Recorder

_OFF = ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN",
        "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_CA_BUNDLE")  # fmt: skip
"""Prefixes of variables that would direct a program elsewhere."""
_LOCAL = "127.0.0.1,localhost"
REGION = "us-east-1"
_INSIDE = Path(__file__).with_name("inside")
"""What Python programs load at startup: SDKs set AWS's addresses in places that no variable reaches."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What a command created, in order, the objects that it uploaded, and its exit code.

    `region` is the command's default region, if the user has set none.
    """

    created: Sequence[Created]
    store: Objects
    code: int
    region: str | None


@contextmanager
def recorded(command: Sequence[str], region: str | None) -> Iterator[Recording]:
    """Run a command to its end; its uploads exist until the exit. Raises FileNotFoundError if it does not exist."""
    executable = shutil.which(command[0])
    if executable is None:
        raise FileNotFoundError(command[0])
    with tempfile.TemporaryDirectory(prefix="trainspec-record-") as folder:
        objects = Path(folder, "s3")
        objects.mkdir()
        recorder = Recorder(objects)
        with recorder.served():
            variables = _variables(os.environ, recorder.url, region, Path(folder))
            code = _end_of(subprocess.Popen([executable, *command[1:]], env=variables))  # noqa: S603 - the user's own
        yield Recording(tuple(recorder.created), recorder.store, code, None if region else variables["AWS_REGION"])


def _end_of(process: "subprocess.Popen[bytes]") -> int:
    """Wait for a process. The first Ctrl-C also reaches the process, which may exit by itself; the second kills it."""
    try:
        try:
            return process.wait()
        except KeyboardInterrupt:
            return process.wait()
    finally:
        process.kill()
        process.wait()


def _variables(given: Mapping[str, str], url: str, region: str | None, folder: Path) -> dict[str, str]:
    """The command's environment."""
    nothing, settings = folder / "config", folder / "sdk.yaml"
    nothing.write_text("")
    settings.write_text("SchemaVersion: '1.0'\nSageMaker: {PythonSDK: {Modules: {TelemetryOptOut: true}}}\n")
    kept = {name: value for name, value in given.items() if not name.startswith(_OFF)}
    where = region or given.get("AWS_REGION") or given.get("AWS_DEFAULT_REGION") or REGION
    past_proxies = ",".join(filter(None, (given.get("NO_PROXY") or given.get("no_proxy"), _LOCAL)))
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(_INSIDE), given.get("PYTHONPATH")))),
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": where,
        "AWS_DEFAULT_REGION": where,
        "AWS_ACCESS_KEY_ID": "recorder",
        "AWS_SECRET_ACCESS_KEY": "recorder",
        "AWS_CONFIG_FILE": str(nothing),
        "AWS_SHARED_CREDENTIALS_FILE": str(nothing),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
        "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
        "SAGEMAKER_USER_CONFIG_OVERRIDE": str(settings),
        "NO_PROXY": past_proxies,
        "no_proxy": past_proxies,
    }
