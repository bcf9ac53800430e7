"""Facts → the files of a site. Every value is escaped by Jinja; nothing that a spec says becomes markup or code.

What has the form of a secret is masked here, wherever it stands; what only a name gives away, where the facts are made.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from trainspec.graph.svg import svg
from trainspec.safety.masking import conceal
from trainspec.site.facts import Site

MARK = '<meta name="generator" content="trainspec docs">'
"""In every page; a file without it is not the site's to remove."""


@cache
def _environment() -> Environment:
    loader = PackageLoader("trainspec.site")
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_shown
    )


def _shown(value: object) -> object:
    """A value for a page: no secret, and no character that turns text around or is not to be seen."""
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
    for dag in site.dags:
        graph = Markup(svg(dag.graph)) if dag.graph is not None else None  # noqa: S704  # escapes what it draws
        files[f"dags/{dag.file}"] = pages.get_template("dag.html").render(**shared, up="../", dag=dag, picture=graph)
    return files


def _picture(site: Site, up: str) -> Markup:
    links = {node: f"{up}{file}" for node, file in site.links.items()}
    return Markup(svg(site.graph, links))  # noqa: S704  # escapes what it draws


def _own(name: str) -> str:
    """A file of the package that is no template."""
    return Path(__file__).with_name("templates").joinpath(name).read_text(encoding="utf-8")


def _index(site: Site) -> str:
    """What the search looks through: a title, what is said of it, and its address. Safe in a script of its own."""
    entries: list[Mapping[str, str]] = []
    for dag in site.dags:
        about = " ".join((dag.spec, dag.owner, *dag.tags, dag.description))
        entries.append({"title": dag.id, "about": about, "href": f"dags/{dag.file}"})
        for job in dag.jobs:
            about = " ".join((dag.id, job.machines, job.code, job.output, *(each.place for each in job.inputs)))
            entries.append({"title": job.task_id, "about": about, "href": f"dags/{dag.file}#{job.task_id}"})
    entries = [{key: str(_shown(text)) for key, text in entry.items()} for entry in entries]
    return json.dumps(entries, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
