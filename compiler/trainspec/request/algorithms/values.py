"""Whether the value of a hyperparameter is what its table requires, and a description of that."""

import json
import re

from trainspec.request.algorithms.model import Hyperparameter

_BOOLEANS = frozenset({"true", "false", "0", "1"})
_INTEGER = re.compile(r"[+-]?[0-9]+(?:_[0-9]+)*")


def problem_of(kind: Hyperparameter, text: str) -> str | None:
    """Why `text` is not a value of this hyperparameter, as `type` or `range`; None if it is one."""
    text = text.strip()
    if text in kind.extra:
        return None
    match kind.kind:
        case "integer" | "float":
            return _number_problem(kind, text)
        case "boolean":
            return None if text.lower() in _BOOLEANS else "type"
        case "one_of":
            return None if text in kind.words else "range"
        case "list_of":
            items = [each.strip() for each in text.split(",")]
            return None if all(each in kind.words or _fits(kind.pattern, each) for each in items) else "range"
        case "json":
            return _json_problem(kind, text)
    return None if kind.pattern is None or _fits(kind.pattern, text) else "range"


def _fits(pattern: str | None, text: str) -> bool:
    return pattern is not None and re.fullmatch(pattern, text) is not None


def _number_problem(kind: Hyperparameter, text: str) -> str | None:
    try:
        number = float(text)
    except ValueError:
        return "type"
    if kind.kind == "integer" and not _INTEGER.fullmatch(text) and (kind.plain or not number.is_integer()):
        return "type"
    is_outside = (
        (kind.min is not None and number < kind.min)
        or (kind.max is not None and number > kind.max)
        or (kind.above is not None and number <= kind.above)
        or (kind.below is not None and number >= kind.below)
    )
    return "range" if is_outside or number != number else None  # NaN is not itself


def _json_problem(kind: Hyperparameter, text: str) -> str | None:
    try:
        value = json.loads(text)
    except ValueError:
        return "type"
    items = value if isinstance(value, list) else [value]
    return "range" if kind.words and not all(each in kind.words for each in items) else None


def range_in_words(kind: Hyperparameter) -> str:
    """What a hyperparameter may be: `an integer from 1 to 4096`, `one of sgd, adam or rmsprop`."""
    others = [f"`{word}`" for word in kind.extra if word]
    match kind.kind:
        case "integer" | "float":
            shown = ("an integer" if kind.kind == "integer" else "a number") + _bounds(kind)
        case "boolean":
            shown = "`true` or `false`"
        case "one_of":
            shown = ("one of " if len(kind.words) > 1 else "") + _any_of(kind.words)
        case "list_of":
            shown = f"a comma-separated list of {_any_of(kind.words)}"
        case "json":
            shown = "JSON" + (f', such as `["{kind.words[0]}"]`, of {_any_of(kind.words)}' if kind.words else "")
        case _:
            form = f" such as `{kind.like}`" if kind.like else f" of the form `{kind.pattern}`" if kind.pattern else ""
            shown = f"a string{form}"
    return " or ".join([shown, *others])


def _bounds(kind: Hyperparameter) -> str:
    if kind.min is not None and kind.max is not None:
        return f" from {_shown(kind.min)} to {_shown(kind.max)}"
    said = []
    if kind.above is not None:
        said.append(f"above {_shown(kind.above)}")
    if kind.min is not None:
        said.append(f"of {_shown(kind.min)} or more")
    if kind.below is not None:
        said.append(f"below {_shown(kind.below)}")
    if kind.max is not None:
        said.append(f"at most {_shown(kind.max)}")
    return f" {' and '.join(said)}" if said else ""


def _shown(number: float) -> str:
    return f"{int(number):,}" if float(number).is_integer() else f"{number:g}"


def _any_of(words: tuple[str, ...]) -> str:
    shown = [f"`{word}`" for word in words]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def range_of_container(kind: Hyperparameter) -> str:
    """What a hyperparameter may be, as SageMaker's algorithm toolkit writes it: `[0, 1]`, `(0, +inf)`, a list."""
    if kind.kind not in ("integer", "float"):
        return str(list(kind.words)) if kind.words else range_in_words(kind)
    low = kind.min if kind.above is None else kind.above
    high = kind.max if kind.below is None else kind.below
    begin = "(-inf" if low is None else f"{'(' if kind.min is None else '['}{low:.12g}"
    end = "+inf)" if high is None else f"{high:.12g}{')' if kind.max is None else ']'}"
    return f"{begin}, {end}"
