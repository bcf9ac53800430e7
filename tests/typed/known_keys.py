"""A plugin for mypy: `get` of a TypedDict with a key that it does not have is an error.

To mypy, `job.get("imge")` is an `object`; it rejects `job["imge"]` by itself.
"""

from collections.abc import Callable

from mypy.errorcodes import TYPEDDICT_ITEM
from mypy.nodes import StrExpr
from mypy.plugin import MethodContext, Plugin
from mypy.plugins.default import typed_dict_get_callback
from mypy.types import Type, TypedDictType, UnionType, get_proper_type


def known_key(context: MethodContext) -> Type:
    """Reject a key that the TypedDict does not have, and continue as mypy does."""
    key = context.args[0][0] if context.args and context.args[0] else None
    given = get_proper_type(context.type)
    arms = [get_proper_type(each) for each in given.items] if isinstance(given, UnionType) else [given]
    for each in arms:
        if isinstance(key, StrExpr) and isinstance(each, TypedDictType) and key.value not in each.items:
            name = each.fallback.type.name
            context.api.fail(f'TypedDict "{name}" has no key "{key.value}"', key, code=TYPEDDICT_ITEM)
    return typed_dict_get_callback(context)


class KnownKeys(Plugin):
    """Connects `known_key` with `Mapping.get`."""

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """The hook for a method by its full name."""
        return known_key if fullname == "typing.Mapping.get" else None


def plugin(version: str) -> type[Plugin]:
    """The entry point that mypy calls."""
    return KnownKeys
