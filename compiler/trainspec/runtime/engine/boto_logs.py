"""boto's own log at DEBUG contains whole bodies and session tokens, so the runtime keeps it at INFO."""

import logging
from typing import Final

# These log requests and responses, and headers with session tokens.
_TALKATIVE: Final = ("botocore.auth", "botocore.endpoint", "botocore.parsers")


def mute_bodies() -> None:
    """Keep boto from logging bodies if everything is logged at DEBUG. A level set for one of these loggers is kept."""
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.INFO)
