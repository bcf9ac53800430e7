"""Keeps secrets out of the task's log: a request's Environment and HyperParameters, and what the container writes.

The runtime itself logs no value of a request, and keeps boto from logging bodies (`engine/boto_logs.py`).
"""

from collections.abc import Mapping
from typing import Any

from trainspec.runtime.engine.problems import definitions_of


def mask_secrets(request: Any) -> None:
    """Have Airflow mask the values of `request` whose names mark them as secrets, in everything that the task logs.

    Airflow's `[core] sensitive_var_conn_names` and its own list (password, token, api_key…) decide which names do.
    """
    from airflow.providers.common.compat.sdk import mask_secret

    if isinstance(request, Mapping):
        for definition in definitions_of(request):
            mask_secrets(definition)
        for member in ("Environment", "HyperParameters", "StaticHyperParameters"):
            values = request.get(member)
            if isinstance(values, Mapping):
                mask_secret(dict(values))


def masked(line: str) -> str:
    """Return `line`, which the container wrote, with secrets masked: not every log of Airflow masks by itself."""
    from airflow.providers.common.compat.sdk import redact

    return str(redact(line))
