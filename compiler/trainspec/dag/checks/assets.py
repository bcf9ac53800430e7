"""Assets that Airflow would reject."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias, cast
from urllib.parse import urlsplit

from trainspec.dag.checks.finite import check_finite
from trainspec.dag.expressions import check_keyword, check_path
from trainspec.diagnostics import codes
from trainspec.templates import has_template
from trainspec.text.fault import Fault
from trainspec.text.tree import Path, dotted

if TYPE_CHECKING:
    from trainspec.language.data import AssetConditionData, AssetData, WatcherData

    Given: TypeAlias = str | AssetData | list[str | AssetConditionData] | list[str | AssetData] | None

_KINDS = ("any", "all")
_LONGEST = 1500
_RESERVED = ("self", "context")


def check_assets(value: "Given", path: Path) -> Iterator[Fault]:
    """What is wrong with an asset, a list of them or a condition at `path`."""
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from check_assets(each, (*path, index))
    elif isinstance(value, str):
        yield from _identifier(value, path, "asset")
    elif value is not None:
        yield from _map(value, path)


def assets_of(value: "Given", path: Path) -> Iterator[tuple[Path, "AssetData"]]:
    """The assets that are written as maps, with their paths."""
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from assets_of(each, (*path, index))
    elif value is not None and not isinstance(value, str):
        yield path, value
        for kind, several in _several(value):
            yield from assets_of(several, (*path, kind))


def _several(value: "AssetData") -> "tuple[tuple[str, Given], ...]":
    """The assets of a condition: its word, and its content. For a plain asset, none."""
    condition = cast("AssetConditionData", value)
    return ("any", condition.get("any")), ("all", condition.get("all"))


def _map(value: "AssetData", path: Path) -> Iterator[Fault]:
    kinds = [kind for kind in _KINDS if kind in value]
    own = [key for key in value if key not in _KINDS]
    if len(kinds) + bool(own) > 1:
        shown = " and ".join(f"`{key}`" for key in (*kinds, *own)[:2])
        yield Fault(
            codes.CONFLICT, path, f"`{dotted(path)}`: {shown} cannot be used together", "nest one in the other's list"
        )
    elif not kinds and "uri" not in value and "name" not in value:
        yield Fault(codes.MISSING_KEY, path, f"`{dotted(path)}` does not name an asset", "give it a `uri` or a `name`")
    for kind, several in _several(value):
        yield from check_assets(several, (*path, kind))
    yield from _watchers(value.get("watchers") or (), (*path, "watchers"))
    for key, given in (("uri", value.get("uri")), ("name", value.get("name")), ("group", value.get("group"))):
        if given is not None:
            yield from _identifier(given, (*path, key), key)


def _watchers(watchers: Sequence["WatcherData"], path: Path) -> Iterator[Fault]:
    names: set[str] = set()
    for index, each in enumerate(watchers):
        name, at = each.get("name"), (*path, index)
        if isinstance(name, str) and name in names:
            yield Fault(
                codes.CONFLICT,
                (*at, "name"),
                f"the asset already has a watcher `{name}`",
                "give each watcher its own name",
            )
        names.add(str(name))
        if isinstance(trigger := each.get("trigger"), str) and (why := check_path(trigger)):
            yield Fault(codes.BAD_PATH, (*at, "trigger"), f"`{dotted((*at, 'trigger'))}`: {why}")
        for word, given in (each.get("arguments") or {}).items():
            if why := check_keyword(word):
                there = (*at, "arguments", word)
                yield Fault(codes.BAD_PATH, there, f"`{dotted(there)}`: {why}", on_key=True)
            yield from check_finite(given, (*at, "arguments", word))


def _identifier(text: str, path: Path, what: str) -> Iterator[Fault]:
    why = _refused(text, what)
    if why:
        yield Fault(codes.BAD_ASSET, path, f"`{dotted(path)}`: {why}")


def _refused(text: str, what: str) -> str | None:
    if has_template(text):
        return "Airflow does not render templates in assets: it must know assets before anything runs"
    if not text.strip():
        return "it is empty"
    if len(text) > _LONGEST:
        return f"longer than the {_LONGEST:,} characters that Airflow stores"
    if not text.isascii():
        return "an asset can contain only ASCII characters: write others as %XX"
    if what == "group":
        return None
    if what != "uri" and text in _RESERVED:
        return f"`{text}` cannot be the name of an asset: it has a special meaning in Airflow"
    if what == "name":
        return None
    try:
        parts = urlsplit(text)
    except ValueError as error:
        return f"not a URI: {error}"
    if parts.scheme == "airflow":
        return "the scheme `airflow` is reserved for Airflow"
    if parts.scheme == "s3" and not parts.netloc:
        return "an S3 URI must name a bucket: s3://my-bucket/data/"
    if parts.password:
        return "anyone can see the URI of an asset: it must not contain a password"
    return None
