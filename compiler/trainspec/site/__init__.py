"""`trainspec docs`: a static site about a project's DAGs. It needs no server and no network, only a browser."""

from trainspec.site.facts import Site, site_of
from trainspec.site.render import render

__all__ = ["Site", "render", "site_of"]
