"""Keeping secrets out of the task's log: a request's Environment and HyperParameters, and what the container writes.

The runtime itself logs no value of a request, and mutes boto's bodies (`engine/boto_logs.py`).
"""

from collections.abc import Mapping
from typing import Any

from trainspec.runtime.engine.problems import definitions_of


def mask_secrets(request: Any) -> None:
    """Have Airflow mask the values of `request` whose names say that they are secrets, in all that the task logs.

    Which names do is Airflow's `[core] sensitive_var_conn_names` and a list of its own (password, token, api_key…).
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
    """Return `line`, which the container wrote, without what is masked: not every log of Airflow masks by itself."""
    from airflow.providers.common.compat.sdk import redact

    return str(redact(line))
