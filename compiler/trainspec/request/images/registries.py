"""AWS's own registries: which account has which repository in which region."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from trainspec.request.images.table import Build, load_table

_ECR = re.compile(
    r"(?P<account>[0-9]{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z]{2,4}(?:-[a-z]+)+-[0-9]+)\.(?P<suffix>[a-z0-9.-]+)"
    r"(?:/(?P<repository>[a-z0-9._/-]+)(?::(?P<tag>[A-Za-z0-9_.-]+))?(?:@(?P<digest>sha256:[0-9a-f]+))?)?"
)


class EcrImage(NamedTuple):
    """An image's URI taken apart. `repository` is empty for a host alone; `tag` and `digest` may be unsaid."""

    account: str
    region: str
    suffix: str
    repository: str = ""
    tag: str | None = None
    digest: str | None = None


class Registry(NamedTuple):
    """A repository of AWS's, as a URI names it.

    `names` are the frameworks and algorithms in the repository. `expected` are the accounts that hold it in the URI's
    region, empty if it is not there, and `regions` those in which the URI's account holds it. A repository that is
    not in the table (an image that does not train) is judged by what else the account holds.
    """

    image: EcrImage
    names: tuple[str, ...]
    expected: tuple[str, ...]
    regions: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether the account is the one that the region has."""
        return self.image.account in self.expected


@lru_cache(maxsize=256)
def ecr_image(image: str) -> EcrImage | None:
    """The parts of a URI in ECR, or of its host alone; None for another registry, a template or no URI."""
    found = _ECR.fullmatch(image)
    if found is None:
        return None
    parts = found.groupdict()
    return EcrImage(
        parts["account"], parts["region"], parts["suffix"], parts["repository"] or "", parts["tag"], parts["digest"]
    )


def registry_account(repository: str, region: str) -> tuple[str, ...]:
    """The AWS accounts that have `repository` in `region`; more than one if versions are distributed."""
    accounts = (build.accounts.get(region) for _name, build in _repositories().get(repository, ()))
    return tuple(sorted({account for account in accounts if account}))


@lru_cache(maxsize=256)
def known_registry(image: str) -> Registry | None:
    """Which of AWS's registries an image's URI names; None if the account is not one of them."""
    parts = ecr_image(image)
    if parts is None or parts.account not in _accounts():
        return None
    held = _repositories().get(parts.repository, ())
    builds = [build for _name, build in held] or list(_accounts()[parts.account])
    expected = sorted({build.accounts[parts.region] for build in builds if parts.region in build.accounts})
    regions = sorted(
        {region for build in builds for region, account in build.accounts.items() if account == parts.account}
    )
    return Registry(parts, tuple(dict.fromkeys(name for name, _build in held)), tuple(expected), tuple(regions))


def own_accounts() -> frozenset[str]:
    """The accounts of AWS's own registries."""
    return frozenset(_accounts())


@cache
def _repositories() -> Mapping[str, tuple[tuple[str, Build], ...]]:
    held: dict[str, list[tuple[str, Build]]] = {}
    for image in load_table().images.values():
        for build in image.builds:
            held.setdefault(build.repository, []).append((image.name, build))
    return {repository: tuple(builds) for repository, builds in held.items()}


@cache
def _accounts() -> Mapping[str, tuple[Build, ...]]:
    held: dict[str, list[Build]] = {}
    for image in load_table().images.values():
        for build in image.builds:
            for account in set(build.accounts.values()):
                held.setdefault(account, []).append(build)
    return {account: tuple(builds) for account, builds in held.items()}
