# /// script
# requires-python = ">=3.10,<3.13"
# dependencies = ["sagemaker==2.257.7", "boto3", "trainspec"]
# [tool.uv.sources]
# trainspec = { path = "../..", editable = true }
# ///
"""What version 2 of the SageMaker SDK sends: `uv run tests/sdk/ask_sdk.py`, in a separate environment.

Every `jobs/NAME/job.py` is a program as users of the SDK write it. It runs with the simulator, and the request that it
sends is stored next to it as `request.json`. The hyperparameters of each kind of distribution, or why the SDK rejects
it, are stored in `distributions.json`. With `--check`, nothing is written, and the exit code is 1 if something would
change.
"""

import json
import logging
import os
import runpy
import sys
import tempfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROLE = "arn:aws:iam::123456789012:role/SageMakerRole"
sys.path.insert(0, str(HERE))

from combinations import KINDS, Combination, combinations  # noqa: E402  # it is next to this program
from trainspec.simulator import Simulator  # noqa: E402


def main() -> int:
    """Run everything with the SDK, and write or compare the results."""
    os.chdir(HERE)
    with tempfile.TemporaryDirectory() as folder, Simulator(objects=Path(folder, "s3")) as simulator:
        _point_to(simulator.url, Path(folder))
        import boto3
        import sagemaker

        logging.disable(logging.CRITICAL)
        said: dict[Path, Any] = {}
        for program in sorted(HERE.glob("jobs/*/job.py")):
            runpy.run_path(str(program))
            request = json.dumps(simulator.jobs[-1].request)
            said[program.with_name("request.json")] = json.loads(request.replace(simulator.jobs[-1].name, "NAME"))
        boto3.client = cache(boto3.client)  # the SDK creates one for each estimator
        del os.environ["SAGEMAKER_USER_CONFIG_OVERRIDE"]  # settings are checked again for each estimator
        session = sagemaker.Session()
        said[HERE / "distributions.json"] = {each.key: _distribution(each, session) for each in combinations()}
    if "--check" in sys.argv:
        return _check(said)
    said[HERE / "source.json"] = {"package": "sagemaker", "version": sagemaker.__version__, "date": f"{date.today()}"}
    for path, answer in said.items():
        path.write_text(json.dumps(answer, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"recorded {len(said) - 1} answers of sagemaker {sagemaker.__version__}")
    return 0


def _point_to(url: str, folder: Path) -> None:
    """Keep everything on this machine: the simulator is AWS, and the SDK's telemetry is off."""
    settings = folder / "config.yaml"
    settings.write_text("SchemaVersion: '1.0'\nSageMaker: {PythonSDK: {Modules: {TelemetryOptOut: true}}}\n")
    os.environ |= {
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "simulator",
        "AWS_SECRET_ACCESS_KEY": "simulator",
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAGEMAKER_USER_CONFIG_OVERRIDE": str(settings),
        "SAGEMAKER_SUPPRESS_V2_WARNING": "1",
    }


def _distribution(asked: Combination, session: Any) -> dict[str, str] | str:
    """The hyperparameters that the distribution adds, or the SDK's message if it rejects it."""
    try:
        estimator = _estimator(asked, session)
        given = estimator.hyperparameters()
    except ValueError as error:
        return str(error).strip()
    return {name: value for name, value in sorted(given.items()) if name.startswith("sagemaker_")}


def _estimator(asked: Combination, session: Any) -> Any:
    from sagemaker.huggingface import HuggingFace
    from sagemaker.instance_group import InstanceGroup
    from sagemaker.mxnet import MXNet
    from sagemaker.pytorch import PyTorch
    from sagemaker.tensorflow import TensorFlow

    framework = asked.framework
    groups = [InstanceGroup(name, machine, 1) for name, machine in asked.groups]
    distribution: dict[str, Any] = dict(KINDS[asked.kind])
    if asked.named:
        distribution["instance_groups"] = [each for each in groups if each.instance_group_name in asked.named]
    machines = {"instance_groups": groups} if groups else {"instance_type": asked.machine, "instance_count": 2}
    common = {"entry_point": "train.py", "role": ROLE, "sagemaker_session": session}
    common |= {"distribution": distribution, **machines}
    common["py_version"] = framework["python"]
    if framework["name"] == "huggingface":
        below = {f"{name}_version": framework[name] for name in ("pytorch", "tensorflow") if name in framework}
        return HuggingFace(transformers_version=framework["version"], **below, **common)
    if framework["name"] == "tensorflow":
        return TensorFlow(framework_version=framework["version"], model_dir=False, **common)
    kinds: dict[str, Any] = {"pytorch": PyTorch, "mxnet": MXNet}
    return kinds[framework["name"]](framework_version=framework["version"], **common)


def _check(said: dict[Path, Any]) -> int:
    differing = [path for path, answer in said.items() if json.loads(path.read_text(encoding="utf-8")) != answer]
    for path in differing:
        print(f"{path.relative_to(HERE)} is not what the SDK says: run this program without --check")
    if not differing:
        print(f"{len(said)} answers are what the SDK says")
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
