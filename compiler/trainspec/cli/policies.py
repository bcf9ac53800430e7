"""Shows policies: one explained, or all of them listed."""

from collections.abc import Iterable, Iterator

from trainspec.diagnostics.codes import can_be_ignored
from trainspec.diagnostics.excerpt import visible
from trainspec.policies import Policy


def explained(policy: Policy) -> Iterator[str]:
    """A policy, as `trainspec explain` shows it."""
    code = policy.code
    yield visible(f"{code.id} ({code.severity.value}): {policy.message}")
    yield ""
    if policy.advice:
        yield from (visible(policy.advice), "")
    yield visible(f"A policy of this project: {policy.span.path}")
    for words, values in (("environments", policy.environments), ("paths", policy.paths)):
        if values:
            yield visible(f"It applies to the {words} {', '.join(values)}.")
    for each in policy.waivers:
        what = ", ".join((*each.paths, *each.environments, *each.jobs))
        state = "ended on" if each.has_ended else "until"
        because = f": {each.reason}" if each.reason else ""
        yield visible(f"Exception: {what} {state} {each.until}{because}")
    if can_be_ignored(code):
        yield f"To silence it on one line: `# trainspec: ignore[{code.id}] reason`."
    else:
        yield "It cannot be silenced."
    if code.url:
        yield code.url


def listed(policies: Iterable[Policy]) -> Iterator[str]:
    """The policies, a line each."""
    for each in policies:
        scope = ", ".join((*each.environments, *each.paths))
        lock = " [locked]" if each.code.is_locked else ""
        about = f" ({scope})" if scope else ""
        yield visible(f"{each.id}  {each.code.severity.value:<7}  {each.message}{about}{lock}")
