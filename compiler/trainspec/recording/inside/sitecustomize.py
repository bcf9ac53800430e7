"""Directs every botocore client of a recorded program to the recorder, even one that sets AWS's address itself.

Python runs this at startup, in the recorded program, so it must run on Python 3.9 and needs only the standard
library.
"""

import functools
import importlib
import importlib.abc
import importlib.util
import os
import sys


class _Finder(importlib.abc.MetaPathFinder):
    """Waits for `botocore.session`."""

    def find_spec(self, name, path, target=None):  # type: ignore[no-untyped-def]
        """Find the module as usual, and patch it once it is loaded."""
        if name != "botocore.session":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module):  # type: ignore[no-untyped-def]
                execute(module)
                _lead(module.Session)  # type: ignore[no-untyped-call]

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


_CREDENTIALS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")


def _lead(session):  # type: ignore[no-untyped-def]
    create, scoped = session.create_client, session.get_scoped_config

    @functools.wraps(create)
    def create_client(self, *arguments, **named):  # type: ignore[no-untyped-def]
        if len(arguments) < 6:
            named["endpoint_url"] = os.environ["AWS_ENDPOINT_URL"]
            if named.get(_CREDENTIALS[0]) is None:  # a session with a profile ignores the environment's
                named.update(dict.fromkeys(_CREDENTIALS, "recorder"))
        return create(self, *arguments, **named)

    @functools.wraps(scoped)
    def get_scoped_config(self):  # type: ignore[no-untyped-def]
        try:
            return scoped(self)
        except Exception as error:
            if type(error).__name__ != "ProfileNotFound":
                raise
            return {}  # the user's profiles do not exist here

    session.create_client, session.get_scoped_config = create_client, get_scoped_config


sys.meta_path.insert(0, _Finder())
_here = os.path.realpath(os.path.join(__file__, os.pardir))  # noqa: PTH118
sys.path[:] = [each for each in sys.path if os.path.realpath(each) != _here]
_own = sys.modules.pop("sitecustomize", None)
try:
    importlib.import_module("sitecustomize")  # the environment's own
except ImportError:
    if _own is not None:
        sys.modules["sitecustomize"] = _own
