"""The bounds of specs and the price table of a project, for the commands that show money."""

import argparse
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from trainspec.cost import DagCost, Prices, dag_cost
from trainspec.cost.table import MAX_BYTES, TableError, read_table
from trainspec.disk.reading import DiskTree, UnreadableError, read_typed
from trainspec.project.project import Project, UsageError

if TYPE_CHECKING:
    from trainspec.pipeline import Analysis


def add_prices(parser: "argparse._ActionsContainer") -> None:
    """`--prices`, for a command that shows money in addition to hours."""
    parser.add_argument(
        "--prices",
        metavar="FILE",
        help="a price table, to show money as well as hours (default: `prices` in the settings)",
    )


def costs_of(
    analyses: "Iterable[Analysis]",
    prices: Prices | None,
    region: str | None,
    at: datetime | None,
    today: datetime | None = None,
) -> list[DagCost]:
    """The upper bound of each spec's DAG. `region` is for jobs which name none; a month begins at `at`.

    Otherwise it begins at the DAG's start date, or `today` (SAME_DAY if the same specs must give the same bytes).
    """
    return [
        dag_cost(
            each.dag_id,
            each.name,
            each.data,
            {name: request.members for name, request in each.requests.items()},
            each.groups,
            prices,
            region,
            at,
            today,
        )
        for each in analyses
    ]


def price_table(given: str | None, project: Project) -> Prices | None:
    """The price table that the user or the settings name. Raises UsageError for one that cannot be read."""
    name = given or project.prices
    if name is None:
        return None
    try:
        content = read_typed(Path(name), MAX_BYTES) if given else DiskTree(project.root).read(name, MAX_BYTES)
        return read_table(content.decode("utf-8"))
    except UnreadableError as why:
        more = "" if given else " (`prices` in the settings); `trainspec cost --refresh` writes it"
        raise UsageError(f"{name} {why}{more}") from None
    except (TableError, UnicodeDecodeError) as why:
        raise UsageError(f"{name}: {why}") from None
