r"""AWS's patterns, which are Java's, translated so that Python and ECMAScript match the same strings.

Java's `\d`, `\w`, `\s` and `\p{Alnum}` are ASCII, Python's are not; Java's dot stops at five line ends; AWS matches
the whole string. See https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/regex/Pattern.html.
"""

import re

_WORD = "a-zA-Z0-9_"
_SPACE = r" \t\n\x0b\f\r"

# The meaning of a shorthand inside brackets. Without its own entry, a negated one is only translated if it is alone.
_SETS = {
    r"\d": "0-9",
    r"\w": _WORD,
    r"\s": _SPACE,
    r"\p{Alnum}": "a-zA-Z0-9",
    r"\p{Alpha}": "a-zA-Z",
    r"\p{Digit}": "0-9",
    r"\p{ASCII}": r"\x00-\x7f",
    r"\p{Z}": r" \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
}
_NEGATED = {r"\D": "0-9", r"\W": _WORD, r"\S": _SPACE}

# Python's `\w` is exactly [\p{L}\p{N}_]. ECMAScript's is ASCII: the letters of common scripts, redundant in Python,
# are in there.
_LETTERS_NUMBERS_UNDERSCORE = {r"\p{L}", r"\p{N}", "_"}
_UNICODE_WORD = (
    r"\w\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02c1\u0391-\u03a1\u03a3-\u03f5\u0400-\u0481\u048a-\u052f\u05d0-\u05ea"
    r"\u0620-\u064a\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3"
)

_DOT = r"[^\n\r\u0085\u2028\u2029]"
_EVERYTHING = r"[\s\S]"

_CHAR = r"(?:\\[^pPdDwWsSQEhHvVRXbBAzZG]|[^\\\[\]])"
_ITEM = re.compile(rf"(?P<range>{_CHAR}-{_CHAR})|(?P<set>\\[pP]\{{\w+\}}|\\[dDwWsS])|(?P<char>{_CHAR})")
_TOKEN = re.compile(
    r"(?P<cls>\[\^?(?:\\.|[^\\\]])+\])|(?P<set>\\[pP]\{\w+\}|\\[dDwWsS])|(?P<refused>[*+?}]\+|\\[a-zA-Z0-9]|\(\?<?[a-zA-Z>])"
    r"|(?P<escape>\\.)|(?P<dot>\.)|(?P<other>.)",
    re.DOTALL,
)


class UntranslatableError(ValueError):
    """A pattern of AWS uses something of Java's that this module has no row for yet."""


def translate(java: str) -> str:
    r"""`java`, a pattern of AWS's model, as one with which `re.search` and ECMAScript match the complete string.

    Raises UntranslatableError for what it does not know (possessive quantifiers, `&&`, flags), rather than guess.

    >>> translate(r"\d+K")
    '^(?:[0-9]+K)$(?!\\n)'
    """
    return f"^(?:{''.join(_token(match, java) for match in _TOKEN.finditer(java))})$(?!\\n)"


def _token(match: re.Match[str], java: str) -> str:
    text = match.group()
    match match.lastgroup:
        case "cls":
            return _bracket(text, java)
        case "set":
            return _bracket(f"[{text}]", java)
        case "dot":
            return _DOT
        case "escape":
            return _literal(text, syntax=r"^$\.*+?()[]{}|/")
        case "refused":
            raise UntranslatableError(f"{text!r} in {java!r}")
    return text


def _bracket(text: str, java: str) -> str:
    """One bracket expression, its shorthands spelled out and its literal hyphens escaped."""
    negated = text.startswith("[^")
    body = text[1 + negated : -1]
    items = [(match.lastgroup or "", match.group()) for match in _ITEM.finditer(body)]
    names = {item for _, item in items}
    if "".join(item for _, item in items) != body or "&&" in body:
        raise UntranslatableError(f"{text!r} in {java!r}")
    if not negated and any({shorthand, shorthand.lower()} <= names for shorthand in _NEGATED):
        return _EVERYTHING
    if len(items) == 1 and items[0][1] in _NEGATED:
        return f"[{'' if negated else '^'}{_NEGATED[items[0][1]]}]"
    unicode_word = names >= _LETTERS_NUMBERS_UNDERSCORE
    parts = [_UNICODE_WORD] if unicode_word else []
    for kind, item in items:
        if unicode_word and item in _LETTERS_NUMBERS_UNDERSCORE:
            continue
        if kind == "set" and item not in _SETS:
            raise UntranslatableError(f"{item!r} in {java!r}")
        parts.append(_SETS[item] if kind == "set" else item if kind == "range" else _literal(item, syntax=r"^\[]-"))
    return f"[{'^' if negated else ''}{''.join(parts)}]"


def _literal(text: str, syntax: str) -> str:
    """Write a literal character, escaped only if necessary: ECMAScript's Unicode mode rejects needless escapes."""
    character = text[-1]
    if len(text) == 2 and character.isalnum():
        return text
    return f"\\{character}" if character in syntax else character
