"""The price table in a file: `{date, currency, prices: {REGION: {TYPE: an hour}}}`, as `cost --refresh` writes it."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from trainspec.cost.model import Prices

MAX_BYTES = 16 * 1024 * 1024
_KEYS = ("date", "currency", "prices", "warm_pools", "storage")


class TableError(Exception):
    """What is wrong with a price table, in a sentence."""


def read_table(text: str) -> Prices:
    """The table of a file's text. Raises TableError for the first error in it."""
    try:
        said = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number)
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise TableError(f"not JSON: {error}") from None
    if not isinstance(said, dict):
        raise TableError("must be an object with `date`, `currency` and `prices`")
    unknown = [key for key in said if key not in _KEYS]
    if unknown:
        raise TableError(f"unknown key `{unknown[0]}`; there are {', '.join(_KEYS)}")
    for key in ("date", "currency", "prices"):
        if key not in said:
            raise TableError(f"`{key}` is missing; `trainspec cost --refresh` writes such a table")
    prices = {region: _numbers(table, f"prices.{region}") for region, table in _map(said["prices"], "prices").items()}
    warm = _map(said.get("warm_pools", {}), "warm_pools")
    return Prices(
        _date(said["date"]),
        _string(said["currency"], "currency"),
        prices,
        {region: _numbers(table, f"warm_pools.{region}") for region, table in warm.items()},
        _numbers(said.get("storage", {}), "storage"),
    )


def written(prices: Prices) -> str:
    """The table as the text of a file, sorted, with exact prices."""

    def plain(number: Decimal) -> float:
        return float(number)

    said: dict[str, Any] = {
        "date": prices.date,
        "currency": prices.currency,
        "prices": {region: {kind: plain(price) for kind, price in t.items()} for region, t in prices.prices.items()},
    }
    if any(prices.warm_pools.values()):
        said["warm_pools"] = {
            region: {kind: plain(price) for kind, price in t.items()} for region, t in prices.warm_pools.items()
        }
    if prices.storage:
        said["storage"] = {region: plain(price) for region, price in prices.storage.items()}
    ordered = {key: _sorted(value) for key, value in said.items()}
    return json.dumps(ordered, indent=2) + "\n"


def _sorted(value: Any) -> Any:
    return {key: _sorted(value[key]) for key in sorted(value)} if isinstance(value, dict) else value


def _no_number(word: str) -> Decimal:
    raise ValueError(f"{word} is not a price")


def _map(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TableError(f"`{where}` must be an object")
    return value


def _numbers(value: Any, where: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for key, number in _map(value, where).items():
        if not isinstance(number, Decimal) or not 0 <= number < 10**9:
            raise TableError(f"`{where}.{key}` must be a number that is not negative")
        found[key] = number
    return found


def _string(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= 40:
        raise TableError(f"`{where}` must be a short string")
    return value


def _date(value: Any) -> str:
    try:
        return date.fromisoformat(_string(value, "date")[:10]).isoformat()
    except ValueError:
        raise TableError("`date` must be a date such as 2026-11-01") from None
