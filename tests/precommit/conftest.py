"""The hooks in the real pre-commit, run by their own command: `pytest tests/precommit`. Plain `pytest` leaves them out.

The first time takes a minute: pre-commit and the hooks' environment are installed, under `.cache/`.
"""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = [Path(config.invocation_params.dir, argument.partition("::")[0]).resolve() for argument in config.args]
    return None if any(path.is_relative_to(HERE) for path in asked) else True
