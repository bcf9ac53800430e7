"""The calls of `trainspec preflight`, as a policy of reads."""

from collections.abc import Iterable, Iterator

from trainspec.iam.document import Statement


def preflight_policy(permissions: Iterable[str]) -> Iterator[Statement]:
    """One statement: most of these actions know no resources, and none of them changes anything."""
    yield Statement("Preflight", tuple(sorted(set(permissions))), ("*",))
