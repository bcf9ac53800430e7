"""Keeping what a request holds out of the log: its Environment and HyperParameters may be secrets.

The runtime itself logs no value of a request. What is left is boto at DEBUG, which logs whole bodies and session
tokens, and the container, whose log the task shows.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final

# These log what is sent and what comes back, and headers with session tokens.
_TALKATIVE: Final = ("botocore.auth", "botocore.endpoint", "botocore.parsers")


def mute_bodies() -> None:
    """Let boto log no bodies where all is logged at DEBUG. Who sets the level of one of these loggers gets them."""
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.INFO)


def mask_secrets(request: Any) -> None:
    """Have Airflow mask the values of `request` whose names say that they are secrets, in all that the task logs.

    Which names do is Airflow's `[core] sensitive_var_conn_names` and a list of its own (password, token, api_key…).
    """
    from airflow.providers.common.compat.sdk import mask_secret

    if isinstance(request, Mapping):
        for member in ("Environment", "HyperParameters"):
            values = request.get(member)
            if isinstance(values, Mapping):
                mask_secret(dict(values))


def masked(line: str) -> str:
    """Return `line`, which the container wrote, without what is masked: not every log of Airflow masks by itself."""
    from airflow.providers.common.compat.sdk import redact

    return str(redact(line))
