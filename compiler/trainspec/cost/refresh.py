"""A price table from AWS: from the public price list, which needs no credentials, else from the pricing API.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-the-aws-price-list-bulk-api.html
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias
from urllib.error import URLError
from urllib.request import Request, urlopen

from trainspec.cost.model import Prices

PUBLIC = "https://pricing.us-east-1.amazonaws.com"
CURRENCY = "USD"
_PATH = "/offers/v1.0/aws/AmazonSageMaker/current/{region}/index.json"
_PATIENCE = 60
_LARGEST = 512 * 1024 * 1024
_TRAINING = re.compile(r"(?:[A-Z0-9]+-)?Train:(ml\.[a-z0-9-]+\.[a-z0-9]+)")
_MACHINE = re.compile(r".*:(ml\.[a-z0-9-]+\.[a-z0-9]+)")
_WARM_POOL = "Training Warm Pool Job"
_STORAGE = "GB-Mo of Training Job ML storage"
"""How AWS's bills and list describe warm pools and storage: their usage types say less."""

Line: TypeAlias = tuple[str, str, Decimal]
"""A usage type, its description, its price."""


class PricesError(Exception):
    """Why no prices could be had."""


def fetch(regions: Iterable[str], profile: str | None, endpoint_url: str | None) -> Prices:
    """The prices of training in the regions, as AWS lists them today. Raises PricesError.

    The public list is read first, or the pricing API with the user's credentials if that cannot be reached.
    """
    found = {region: _region(region, profile, endpoint_url) for region in regions}
    today = datetime.now(timezone.utc).date().isoformat()
    dates = [date for date, _ in found.values() if date]
    prices: dict[str, dict[str, Decimal]] = {}
    warm: dict[str, dict[str, Decimal]] = {}
    storage: dict[str, Decimal] = {}
    for region, (_, products) in found.items():
        for usage, description, price in products:
            if kind := _TRAINING.fullmatch(usage):
                prices.setdefault(region, {})[kind[1]] = price
            elif _WARM_POOL in description and (kind := _MACHINE.fullmatch(usage)):
                warm.setdefault(region, {})[kind[1]] = price
            elif _STORAGE in description:
                storage[region] = price
        if region not in prices:
            raise PricesError(f"AWS's list has no prices for training in {region}")
    return Prices(min(dates, default=today), CURRENCY, prices, warm, storage)


def _region(region: str, profile: str | None, endpoint_url: str | None) -> tuple[str, list[Line]]:
    """The date of a region's list, and its lines."""
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-[0-9]", region):
        raise PricesError(f"`{region}` is not a region")
    try:
        offer = _public(f"{(endpoint_url or PUBLIC).rstrip('/')}{_PATH.format(region=region)}")
    except (URLError, OSError, ValueError) as why:
        try:
            return "", list(_from_api(region, profile, endpoint_url))
        except PricesError as too:
            raise PricesError(f"the public price list cannot be read ({why}), and the pricing API: {too}") from None
    return str(offer.get("publicationDate", ""))[:10], list(_priced(offer))


def _public(url: str) -> Mapping[str, Any]:
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"{url} is not a web address")
    with urlopen(Request(url, headers={"Accept": "application/json"}), timeout=_PATIENCE) as answer:  # noqa: S310
        content = answer.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ValueError("the list is too large")
    said = json.loads(content)
    if not isinstance(said, dict):
        raise ValueError("not a price list")  # noqa: TRY004  # of what was read, like the others
    return said


def _priced(offer: Mapping[str, Any]) -> Iterator[Line]:
    """The lines of a list."""
    terms = (offer.get("terms") or {}).get("OnDemand") or {}
    for sku, product in (offer.get("products") or {}).items():
        yield from _of_product(product, terms.get(sku) or {})


def _of_product(product: Mapping[str, Any], terms: Mapping[str, Any]) -> Iterator[Line]:
    usage = str((product.get("attributes") or {}).get("usagetype", ""))
    for term in terms.values():
        for dimension in (term.get("priceDimensions") or {}).values():
            try:
                price = Decimal(str((dimension.get("pricePerUnit") or {})[CURRENCY]))
            except (KeyError, InvalidOperation):
                continue
            if price > 0:
                yield usage, str(dimension.get("description", "")), price


def _from_api(region: str, profile: str | None, endpoint_url: str | None) -> Iterator[Line]:
    """The same from `pricing:GetProducts`, which us-east-1 answers for all regions."""
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError:
        raise PricesError("needs boto3") from None
    try:
        session = boto3.Session(profile_name=profile)
        client: Any = session.client("pricing", region_name="us-east-1", endpoint_url=endpoint_url)
        wanted = [{"Type": "TERM_MATCH", "Field": "regionCode", "Value": region}]
        pages = client.get_paginator("get_products").paginate(ServiceCode="AmazonSageMaker", Filters=wanted)
        for page in pages:
            for text in page["PriceList"]:
                said = json.loads(text)
                yield from _of_product(said.get("product") or {}, (said.get("terms") or {}).get("OnDemand") or {})
    except (BotoCoreError, ClientError, ValueError) as error:
        raise PricesError(str(error)) from None
