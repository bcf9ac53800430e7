"""Masks secrets for every output, from `lint`'s source lines to a task's log.

A secret is known by its form (a token's prefix, a private key), by the name that it is at (`DB_PASSWORD`, at any
depth), or by the option before it (`--password`). It is masked as a whole, to the end of the token. Nothing here gives
a secret back.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

MASK: Final = "***"

_REST = r"[A-Za-z0-9_.~+/=-]*"
# Each begins with fixed letters, and no part of it can match in two ways: texts of any length are searched.
_FORMS: Final = {
    "an AWS access key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "a GitHub token": rf"\bgh[pousr]_[A-Za-z0-9]{{36}}{_REST}|\bgithub_pat_[A-Za-z0-9_]{{22}}{_REST}",
    "a GitLab token": rf"\bglpat-[A-Za-z0-9_-]{{20}}{_REST}",
    "a Slack token": rf"\bxox[abeoprs]-[A-Za-z0-9-]{{10}}{_REST}",
    "a Hugging Face token": rf"\bhf_[A-Za-z0-9]{{30}}{_REST}",
    "an API key": rf"\bsk-[A-Za-z0-9_-]{{20}}{_REST}|\b[sr]k_live_[A-Za-z0-9]{{16}}{_REST}"
    rf"|\bAIza[A-Za-z0-9_-]{{35}}{_REST}",
    "a package registry's token": rf"\bnpm_[A-Za-z0-9]{{36}}{_REST}|\bpypi-[A-Za-z0-9_-]{{32}}{_REST}",
    "a private key": r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY"
    r"(?:[^-]|-(?!----END))*(?:-----END [A-Z0-9 ]{0,60}-----)?",
    "a JSON web token": rf"\beyJ[A-Za-z0-9_-]{{8,2000}}\.eyJ[A-Za-z0-9_-]{{8,2000}}\.{_REST}",
    "a password in an address": r"\b[a-z][a-z0-9+.-]{0,30}://[^\s/:@]{0,200}:[^\s/:@{}$<>*]{1,200}@",
}

_MARKS: Final = (
    "AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "hf_", "sk-", "k_live_",
    "AIza", "npm_", "pypi-", "-----BEGIN ", "eyJ",
)  # fmt: skip
_IN_ADDRESS: Final = "://[^\\s/:@]{0,200}:[^\\s/:@{}$<>*]{1,200}@"
"""Characters that every form contains: long texts without them do not need the slow check."""
_LONG: Final = 1_000

_WORD: Final = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+"
_SECRET_WORDS: Final = frozenset(
    {"secret", "token", "password", "passwd", "pwd", "apikey", "credential", "credentials", "auth"}
)
_KEY_WORDS: Final = frozenset(
    {"api", "access", "private", "secret", "account", "auth", "encryption", "signing", "client"}
)
_PASSWORD_WORDS: Final = frozenset({"password", "passwd", "pwd", "passphrase"})
_OTHER_PASSWORD_WORDS: Final = _PASSWORD_WORDS | {"pass"}
# Parts of names that are never a prefix of another word. (`token` is part of `tokenizer`, and so must be a word.)
_PARTS: Final = ("api_key", "apikey", "credential", "passphrase", "passwd", "password", "private_key", "secret")
_RESULTS: Final = frozenset({"arn", "best", "billable_seconds", "metrics", "model", "name", "output", "return_value"})
"""Values of `key=` in `ti.xcom_pull(…)`: results of tasks, not secrets."""
VALUES_OF_THEIR_MAP: Final = frozenset({"const", "default", "enum", "example", "examples", "value"})
"""Keys that name nothing themselves: `{db_password: {default: …}}`, as parameters of a DAG have it."""
_SHORTEST: Final = 4
"""A shorter value is in every other word, and no secret."""

_REFERENCE: Final = (
    r"arn:|/|\{|\$|<|https?:|s3:|(?i:true|false|none|null|todo|change[_-]?me|replace[_-]?me|x{4,})?$|[-+]?[0-9.]{1,11}$"
)
_SEQUENCE: Final = r"\x1b(?:\[[0-?]{0,40}[ -/]{0,4}[@-~]?)?"
"""Sequences that color a terminal's text, or move its cursor."""
_ANY_NAME: Final = r"(?i)pass|pwd|secret|token|key|cred|auth"
_NAMED: Final = (
    r"""(?<![\w-])(?P<name>-{0,2}[A-Za-z_][\w-]{0,80})"""
    r"""(?P<between>\\{0,2}["']?[ \t]{0,3}[:=][ \t]{0,3}|["']?,?[ \t]{1,3})"""
    r"""(?P<value>"(?:\\.|[^"\\\n])*"|'(?:''|\\.|[^'\\\n])*'|\\?["']?[^\s"'\\,}\])]+)"""
)
"""A name, and its value: after a colon or an equals sign, or after an option."""


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, compiled on demand: parsing a DAG file needs none."""
    return re.compile(pattern)


@cache
def _any_form() -> re.Pattern[str]:
    return re.compile("|".join(f"({form})" for form in _FORMS.values()))


# ---------------------------------------------------------------------- what is a secret


def form_of(text: str) -> str | None:
    """The kind of secret in a text, judged by its form."""
    if len(text) > _LONG and not any(mark in text for mark in _MARKS) and not _compiled(_IN_ADDRESS).search(text):
        return None
    found = _any_form().search(text)
    return list(_FORMS)[(found.lastindex or 1) - 1] if found else None


def speaks_of_secrets(name: str) -> bool:
    """Whether the value of a name may be a secret, whatever it looks like."""
    words = [word.lower() for word in _compiled(_WORD).findall(name)]
    names_key = words[-1:] in (["key"], ["keys"]) and (len(words) == 1 or bool(_KEY_WORDS & set(words)))
    return names_key or names_password(name) or bool(_SECRET_WORDS & set(words))


def names_password(name: str) -> bool:
    """Whether a name's value is a password, which may not look random."""
    return any(word.lower() in _PASSWORD_WORDS for word in _compiled(_WORD).findall(name)[-1:])


def refers(text: str) -> bool:
    """Whether a text only says where a secret is, or is not a secret: an ARN, a template, a path, true, a number."""
    return _compiled(_REFERENCE).match(text) is not None


def may_name_secrets(text: str) -> bool:
    """Whether any name in a text may be about secrets: a quick check, since nearly none is."""
    return _compiled(_ANY_NAME).search(text) is not None


def hides(name: str, text: str) -> bool:
    """Whether a text that is at `name` is not shown. More is hidden than is reported: in doubt, hiding costs little."""
    is_number = text.isdigit() and names_password(name)
    if len(text) < _SHORTEST or (refers(text) and not is_number):
        return False
    last = [word.lower() for word in _compiled(_WORD).findall(name)[-1:]]
    plain = name.lower().replace("-", "_")
    return speaks_of_secrets(name) or last[:1] == ["pass"] or any(part in plain for part in _PARTS)


# ---------------------------------------------------------------------- texts and data without them


def conceal(text: str) -> str:
    """`text` with a `*` for each character of what has a secret's form. Lines and lengths are unchanged."""
    if "\x1b" in text:
        return _through_colours(conceal, text)
    return _any_form().sub(lambda found: _stars(found.group()), text)


def conceal_all(text: str) -> str:
    """The same, and without the values of names or options that are about secrets: source, logs, messages."""
    if "\x1b" in text:
        return _through_colours(conceal_all, text)
    text = conceal(text)
    if not may_name_secrets(text):
        return text
    return _compiled(_NAMED).sub(_without_value, text)


def _through_colours(mask: Callable[[str], str], text: str) -> str:
    """`text` masked as it reads on a terminal: a secret begins after `ESC[31m` as it does after a space."""
    plain = _compiled(_SEQUENCE).sub(lambda found: " " * len(found.group()), text)
    masked = mask(plain)
    return "".join(own if before == after else after for own, before, after in zip(text, plain, masked, strict=True))


def _without_value(found: "re.Match[str]") -> str:
    name, between, value = found["name"], found["between"], found["value"]
    is_option = not any(sign in between for sign in ":=")
    bare = value.strip("\"'\\")
    if (is_option and not name.startswith("-")) or not hides(name, bare) or (name == "key" and bare in _RESULTS):
        return found.group()
    return f"{name}{between}{value.replace(bare, _stars(bare))}"


def _stars(text: str) -> str:
    return "".join(each if each in "\r\n" else "*" for each in text)


def redacted(value: Any, name: str = "") -> Any:
    """Data with `***` for each secret in it, at any depth. `name` is the key that the value is at."""
    if isinstance(value, Mapping):
        names = _names_of_values(value, name)
        return {key: redacted(below, at) for (key, below), at in zip(value.items(), names, strict=True)}
    if isinstance(value, list | tuple):
        return list(map(redacted, value, _names_of_items(value, name)))
    return _redacted_text(value, name) if isinstance(value, str) else value


def _names_of_values(value: Mapping[Any, Any], name: str) -> Iterator[str]:
    """What each value of a map is at: its key, or in `{Key: …, Value: …}` what that key says.

    `name` is what the map is at: `{default: …}` is the value of that.
    """
    pairs = {str(key).lower(): each for key, each in value.items()}
    label = next((pairs[key] for key in ("name", "key") if isinstance(pairs.get(key), str) and "value" in pairs), None)
    for key in map(str, value):
        if label is None:
            yield name if key in VALUES_OF_THEIR_MAP else key
        else:
            yield str(label) if key.lower() == "value" else ""


def _names_of_items(items: "list[Any] | tuple[Any, ...]", name: str) -> Iterator[str]:
    """The name for each item of a list: the option before it, else the list's own name."""
    before: Any = None
    for each in items:
        yield before if isinstance(before, str) and before.startswith("-") and "=" not in before else name
        before = each


def _redacted_text(text: str, name: str) -> str:
    if hides(name, text):
        return MASK
    if text[:1] in "{[" and (data := _json(text)) is not None and (masked := redacted(data, name)) != data:
        return json.dumps(masked, ensure_ascii=False)
    return conceal_all(text)


def _json(text: str) -> Any:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict | list) else None


def secret_values(value: Any, name: str = "") -> Iterator[str]:
    """Every string in some data that is not shown, to be removed from texts that may quote it."""
    if isinstance(value, Mapping):
        for below, at in zip(value.values(), _names_of_values(value, name), strict=True):
            yield from secret_values(below, at)
    elif isinstance(value, list | tuple):
        for each, at in zip(value, _names_of_items(value, name), strict=True):
            yield from secret_values(each, at)
    elif isinstance(value, str):
        if hides(name, value):
            yield value
        elif value[:1] in "{[" and (data := _json(value)) is not None:
            yield from secret_values(data, name)


def without(text: str, values: "set[str] | frozenset[str]") -> str:
    """`text` without these values, however they are quoted in it: as they are, or escaped as JSON or Python do."""
    spelled = {each for value in values if len(value) >= _SHORTEST for each in _spellings(value)}
    if not spelled:
        return text
    return re.sub("|".join(map(re.escape, sorted(spelled, key=len, reverse=True))), MASK, text)


def _spellings(value: str) -> Iterator[str]:
    yield value
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield repr(value)[1:-1]
    yield from (line for line in value.splitlines() if len(line) >= 2 * _SHORTEST)
