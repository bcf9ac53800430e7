"""Facts → the files of a site. Every value is escaped by Jinja; nothing that a spec says becomes markup or code.

What has the form of a secret is masked here, wherever it stands; what only a name gives away, where the facts are made.
"""

import json
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from trainspec.graph.svg import svg
from trainspec.safety.masking import conceal
from trainspec.site.facts import Site

MOST_DRAWN = 2_000
"""Boxes and arrows of all DAGs of one spec that are drawn: 64 DAGs of a spec at its limits have 60,000."""
MARK = '<meta name="generator" content="trainspec docs">'
"""In every page; a file without it is not the site's to remove."""


@cache
def _environment() -> Environment:
    loader = PackageLoader("trainspec.site")
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_shown
    )


def _shown(value: object) -> object:
    """A value for a page: without secrets, and without characters that reverse text or are invisible."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    text = conceal(value)
    return text if text.isprintable() else "".join(e if e.isprintable() or e in "\n\t" else "�" for e in text)


def render(site: Site) -> dict[str, str]:
    """The files of the site by their names, the same for the same facts."""
    pages = _environment()
    shared = {"site": site, "mark": Markup(MARK)}  # noqa: S704  # our own text
    picture = _picture(site, "") if site.graph.nodes else None
    files = {
        "index.html": pages.get_template("index.html").render(**shared, up="", picture=picture),
        "style.css": _own("style.css"),
        "search.js": f"const INDEX = {_index(site)};\n{_own('search.js')}",
    }
    drawn = _drawn(site)
    for dag in site.dags:
        graph = dag.graph if dag.file in drawn else None
        own = {
            "dag": dag,
            "picture": Markup(svg(graph)) if graph else None,  # noqa: S704  # escapes what it draws
            "is_left_out": dag.graph is not None and graph is None,
        }
        files[f"dags/{dag.file}"] = pages.get_template("dag.html").render(**shared, up="../", **own)
    return files


def _drawn(site: Site) -> frozenset[str]:
    """The pages with a picture: each spec's first, and as many more as the limit allows."""
    sizes: Counter[str] = Counter()
    drawn = set()
    for dag in site.dags:
        size = len(dag.graph.nodes) + len(dag.graph.edges) if dag.graph else 0
        if not sizes[dag.spec] or sizes[dag.spec] + size <= MOST_DRAWN:
            sizes[dag.spec] += size
            drawn.add(dag.file)
    return frozenset(drawn)


def _picture(site: Site, up: str) -> Markup:
    links = {node: f"{up}{file}" for node, file in site.links.items()}
    return Markup(svg(site.graph, links))  # noqa: S704  # escapes what it draws


def _own(name: str) -> str:
    """A file of the package that is not a template."""
    return Path(__file__).with_name("templates").joinpath(name).read_text(encoding="utf-8")


def _index(site: Site) -> str:
    """The data for the search: a title, its description, and its address. Safe inside a script element."""
    entries: list[Mapping[str, str]] = []
    for dag in site.dags:
        about = " ".join((dag.spec, dag.owner, *dag.tags, dag.description))
        entries.append({"title": dag.id, "about": about, "href": f"dags/{dag.file}"})
        for job in dag.jobs:
            about = " ".join((dag.id, job.machines, job.code, job.output, *(each.place for each in job.inputs)))
            entries.append({"title": job.task_id, "about": about, "href": f"dags/{dag.file}#{job.task_id}"})
    entries = [{key: str(_shown(text)) for key, text in entry.items()} for entry in entries]
    return json.dumps(entries, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
