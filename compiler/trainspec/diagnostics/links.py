"""Where a code is explained."""

from trainspec.diagnostics.model import Code

DOCS = "https://github.com/trainspec/trainspec/blob/main/docs"


def link(code: Code) -> str:
    """The address of a code's page: for a policy, the one that its organization names, or else the page on policies."""
    if code.url is not None:
        return code.url
    return f"{DOCS}/rules.md#{code.id.lower()}" if code.id.startswith("TS") else f"{DOCS}/policies.md"
