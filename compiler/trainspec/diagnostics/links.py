"""Where a code is explained."""

DOCS = "https://github.com/trainspec/trainspec/blob/main/docs"


def link(code: str) -> str:
    """The address of the page about `code` (`TS104`)."""
    return f"{DOCS}/rules.md#{code.lower()}"
