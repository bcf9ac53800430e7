"""Just enough of Airflow to import what a task runs: the model does not need Airflow, only its exceptions' names."""

import sys
from importlib.machinery import ModuleSpec
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType, SimpleNamespace
from typing import Any


class _Base:
    def __init__(self, *_: Any, **__: Any) -> None: ...


class _Event:
    def __init__(self, payload: Any) -> None:
        self.payload = payload


class AirflowException(Exception):  # noqa: N818 - Airflow's own name
    """A try failed."""


class AirflowFailException(AirflowException):
    """The task failed for good."""


class AirflowSkipException(AirflowException):
    """The task is skipped."""


class AirflowTaskTimeout(BaseException):
    """The task's execution_timeout is over."""


_MODULES: dict[str, dict[str, Any]] = {
    "airflow": {"__version__": "3.3.0"},
    "airflow.providers": {},
    "airflow.providers.common": {},
    "airflow.providers.common.compat": {},
    "airflow.providers.common.compat.sdk": {
        "AirflowException": AirflowException,
        "AirflowFailException": AirflowFailException,
        "AirflowSkipException": AirflowSkipException,
        "AirflowTaskTimeout": AirflowTaskTimeout,
        "BaseOperatorLink": _Base,
        "mask_secret": lambda _: None,
        "conf": SimpleNamespace(get=lambda *_, fallback="": fallback),
    },
    "airflow.triggers": {},
    "airflow.triggers.base": {"BaseTrigger": _Base, "TriggerEvent": _Event},
}


def install() -> None:
    """Make `import airflow` work where Airflow is not installed."""
    try:
        version("apache-airflow")
    except PackageNotFoundError:
        for name, members in _MODULES.items():
            module = ModuleType(name)
            module.__spec__ = ModuleSpec(name, None)
            vars(module).update(members)
            sys.modules[name] = module
