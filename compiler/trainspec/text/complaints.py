"""libyaml's complaints in terms that an author of YAML uses, and what to do about them."""

import re

_WORDS = {"block mapping": "map", "flow mapping": "map", "block sequence": "list", "flow sequence": "list"}
_FULL = re.compile(r" *(?:- +)*(?P<key>[^\s#].*?): *\S")


def complaint(context: str, problem: str, line: str, column: int) -> tuple[str, str | None]:
    """A message, and advice if there is any.

    `context` and `problem` are libyaml's, `line` is the text of the line that it stopped at, `column` the place there,
    from 1.
    """
    written = line[column - 1 :]
    is_first = not line[: column - 1].strip()
    if "tab character" in problem or ("cannot start any token" in problem and written.startswith("\t")):
        return "a tab is used where YAML allows only spaces", "indent with spaces"
    if "cannot start any token" in problem and written[:1] in ("@", "`", "%"):
        return f"an unquoted value cannot begin with `{written[0]}`", "quote the value"
    if "mapping values are not allowed" in problem:
        return _second_colon(line, column)
    if "did not find expected ',' or" in problem:
        bracket = problem.rstrip("'")[-1]
        advice = "put a comma between the entries, or close the bracket after the last one"
        return f"a comma or a `{bracket}` is missing before this", advice
    if "did not find expected key" in problem or "did not find expected '-' indicator" in problem:
        if not is_first:
            return "the value ends before this", "quote the whole value, or begin a new line"
        if written.startswith(("- ", "-\n")) or written == "-":
            return "a list item is mixed in with the keys of a map", "indent it below the key that it belongs to"
        spaces = column - 1
        if "indicator" in problem and not written.startswith("-"):
            return "a key is mixed in with the items of a list", "begin it with `- `, or correct its indentation"
        shown = f"{spaces} space{'' if spaces == 1 else 's'}"
        return (
            f"the line is indented by {shown}, which matches no line above it",
            "indent it like the lines that it belongs to",
        )
    return (f"{context}: {problem}" if context else problem), None


def begins(context: str) -> str:
    """What `context` says began, in the same words."""
    what = re.sub("^while (?:parsing|scanning) an? ", "", context)
    return f"the {_WORDS.get(what, what)} begins here"


def _second_colon(line: str, column: int) -> tuple[str, str]:
    if _FULL.match(line[: column - 1]):
        return "a second `: ` in an unquoted value", "quote the value"
    return (
        "the line is indented as if it continued the value above, which is complete",
        "indent it like the lines that it belongs to",
    )
