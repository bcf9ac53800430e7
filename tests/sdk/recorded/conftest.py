"""The SageMaker SDKs run under `import --record`, by their own command: `pytest tests/sdk/recorded`.

Plain `pytest` leaves them out: uv installs both SDKs (about 750 MB) the first time.
"""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = [Path(config.invocation_params.dir, argument.partition("::")[0]).resolve() for argument in config.args]
    return None if any(path.is_relative_to(HERE) for path in asked) else True
