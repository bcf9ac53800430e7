"""What looks like a secret. Nothing here gives a secret back: a rule says where it is, never what it is."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from trainspec.rules.support.view import LONGEST, JobView
from trainspec.text.tree import Path

# Bounded everywhere: texts of any length are searched.
_FORMS = {
    "an AWS access key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{22}",
    "a GitLab token": r"\bglpat-[A-Za-z0-9_-]{20}",
    "a Slack token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10}",
    "a Hugging Face token": r"\bhf_[A-Za-z0-9]{30}",
    "an API key": r"\bsk-[A-Za-z0-9_-]{20}|\b[sr]k_live_[A-Za-z0-9]{16}|\bAIza[A-Za-z0-9_-]{35}",
    "a package registry's token": r"\bnpm_[A-Za-z0-9]{36}|\bpypi-[A-Za-z0-9_-]{32}",
    "a private key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY",
    "a JSON web token": r"\beyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,2000}\.",
    "a password in an address": r"\b[a-z][a-z0-9+.-]{0,30}://[^\s/:@]{0,200}:[^\s/:@{}$<>*]{1,200}@",
}
_ANY_FORM = re.compile("|".join(f"({form})" for form in _FORMS.values()))

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SECRET_WORDS = frozenset(
    {"secret", "token", "password", "passwd", "pwd", "apikey", "credential", "credentials", "auth"}
)
_KEY_WORDS = frozenset({"api", "access", "private", "secret", "account", "auth", "encryption", "signing", "client"})
_PASSWORD_WORDS = frozenset({"password", "passwd", "pwd", "passphrase"})
_RANDOM = re.compile(r"[A-Za-z0-9+/=_-]{20,}")
_HEX = re.compile(r"[0-9a-fA-F]{32,}")
_REFERENCE = re.compile(
    r"arn:|/|\{|\$|<|https?:|s3:|(?i:true|false|none|null|todo|change[_-]?me|replace[_-]?me|x{4,})?$"
)


def places(job: JobView) -> Iterator[tuple[str, str, Path]]:
    """The texts that anyone who may describe the job can read: name, text and member's path."""
    for member in ("Environment", "HyperParameters"):
        values = job.member(member)
        for name, text in values.items() if isinstance(values, Mapping) else ():
            if isinstance(text, str) and len(text) <= LONGEST:
                yield str(name), text, (member, name)
    for tag in job.places("Tags"):
        name, text = job.member(*tag, "Key"), job.member(*tag, "Value")
        if isinstance(name, str) and isinstance(text, str) and len(text) <= LONGEST:
            yield name, text, (*tag, "Value")
    for argument in job.places("AlgorithmSpecification", "ContainerArguments"):
        text = job.member(*argument)
        if isinstance(text, str) and len(text) <= LONGEST:
            yield "", text, argument


def form_of(text: str) -> str | None:
    """What kind of secret a text holds, going by its form."""
    found = _ANY_FORM.search(text)
    return list(_FORMS)[(found.lastindex or 1) - 1] if found else None


def conceal(text: str) -> str:
    """`text` with a `*` for each character of what has a secret's form."""
    return _ANY_FORM.sub(lambda found: "*" * len(found.group()), text)


def is_secret_by_name(name: str, text: str) -> bool:
    """Whether a name that speaks of secrets stands before a text that is random, or a password that is written out."""
    if _REFERENCE.match(text):
        return False
    return _names_password(name) or (speaks_of_secrets(name) and _is_random(text))


def speaks_of_secrets(name: str) -> bool:
    """Whether what a name stands before may be a secret, whatever it looks like."""
    words = [word.lower() for word in _WORD.findall(name)]
    names_key = words[-1:] in (["key"], ["keys"]) and (len(words) == 1 or bool(_KEY_WORDS & set(words)))
    return names_key or _names_password(name) or bool(_SECRET_WORDS & set(words))


def _names_password(name: str) -> bool:
    return any(word.lower() in _PASSWORD_WORDS for word in _WORD.findall(name)[-1:])


def _is_random(text: str) -> bool:
    if _HEX.fullmatch(text):
        return _entropy(text) >= 3.0
    kinds = sum(re.search(kind, text) is not None for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    return _RANDOM.fullmatch(text) is not None and kinds == 3 and _entropy(text) >= 3.5


def _entropy(text: str) -> float:
    """Bits for each character, going by how often each occurs."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())
