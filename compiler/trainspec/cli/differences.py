"""What a command would change in a spec, as a diff. No secret is shown, not even in the lines around a change."""

from collections.abc import Iterator

from trainspec.cli.discretion import secret_places
from trainspec.diagnostics.excerpt import concealing
from trainspec.safety.comparing import unified
from trainspec.safety.masking import conceal_all
from trainspec.text.source import Source


def difference(old: Source, new: Source) -> Iterator[str]:
    """The lines of a unified diff."""
    yield from unified(_lines(old), _lines(new), f"a/{old.name}", f"b/{new.name}", end="")


def _lines(source: Source) -> list[str]:
    lines = list(concealing(lambda _: source.lines(), secret_places(source), conceal_all)(source.name))
    if lines[-1]:
        lines[-1] += "\n\\ No newline at end of file"
        return lines
    return lines[:-1]
