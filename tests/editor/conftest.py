"""The schema in the real yaml-language-server: `pytest tests/editor`. Plain `pytest` leaves it out.

It needs Node.js and npm; the server is installed under `.cache/` the first time.
"""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = [Path(config.invocation_params.dir, argument.partition("::")[0]).resolve() for argument in config.args]
    return None if any(path.is_relative_to(HERE) for path in asked) else True
