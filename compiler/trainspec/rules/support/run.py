"""All rules over a document: their findings, at the nodes that they are about."""

from collections.abc import Collection, Iterator

from trainspec.diagnostics import Diagnostic, Fix, Label
from trainspec.rules.support.registry import Rule, all_rules
from trainspec.rules.support.view import Found, SpecView
from trainspec.text.tree import Mapping, Path, dotted, find, key_span, to_say


def run_rules(spec: SpecView, root: Mapping, spoilt: Collection[Path] = ()) -> Iterator[Diagnostic]:
    """What the rules find in `spec`, whose composed document is `root`.

    Nothing is said of the fields in `spoilt`: their values were taken out because they are wrong.
    """
    for above, rule, found in _found(spec):
        path = (*above, *found.at)
        if not any(path[:length] in spoilt for length in range(1, len(path) + 1)):
            yield _diagnostic(rule, found, above, root)


def _found(spec: SpecView) -> Iterator[tuple[Path, Rule, Found]]:
    """Everything that any rule says, with the path that its places begin at."""
    for rule in all_rules():
        if rule.check_spec:
            for found in rule.check_spec(spec):
                yield (), rule, found
        if rule.check_job:
            for job in spec.jobs:
                for found in rule.check_job(job):
                    yield ("jobs", job.name), rule, found


def _diagnostic(rule: Rule, found: Found, above: Path, root: Mapping) -> Diagnostic:
    path = (*above, *found.at)
    while len(path) > len(above) and not _is_there(root, path):
        path = path[:-1]
    node = find(root, path)
    on_key = found.on_key or path == above
    span = key_span(root, path) if on_key else node.span
    labels = (Label(node.via, "used here"),) if node.via and not on_key else ()
    secret = node.span if rule.code.is_secret else None
    field = dotted((*above, *found.at))
    fix = _fix(found, root, path) if path == (*above, *found.at) else None
    return Diagnostic(rule.code, span, found.message, found.advice, field, labels=labels, secret=secret, fix=fix)


def _fix(found: Found, root: Mapping, path: Path) -> Fix | None:
    parent = find(root, path[:-1])
    entry = parent.entry(str(path[-1])) if isinstance(parent, Mapping) else None
    node = entry.key if found.on_key and entry else find(root, path)
    return to_say(node, found.fix)


def _is_there(root: Mapping, path: Path) -> bool:
    parent = find(root, path[:-1])
    below = find(root, path)
    return below is not parent
