"""The site in a real browser: `pytest tests/pages`. Plain `pytest` leaves it out.

It needs Chromium with its driver, and npm, from which axe-core is installed under `.cache/` the first time.
"""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = [Path(config.invocation_params.dir, argument.partition("::")[0]).resolve() for argument in config.args]
    return None if any(path.is_relative_to(HERE) for path in asked) else True
