"""Reads a policy from its file, and reports what is wrong with the file."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from trainspec.diagnostics import Code, Diagnostic, Severity, Span, codes, did_you_mean, has_errors
from trainspec.diagnostics.words import shorten
from trainspec.policies.model import TARGETS, WORDS, Limits, Policy, Waiver
from trainspec.policies.read_schema import schema_faults
from trainspec.safety.budget import OutOfBudgetError, budget, spend
from trainspec.text.fault import Fault, placed
from trainspec.text.parse import parse
from trainspec.text.source import Source
from trainspec.text.tree import Mapping as Map
from trainspec.text.tree import Path, dotted
from trainspec.text.typing import to_data

KEYS = ("id", "message", "advice", "severity", "url", "scope", "target", "when", "must", "locked", "exceptions", "good",
        "bad")  # fmt: skip
_ID = re.compile(r"[A-Z][A-Z_-]{0,19}[0-9]{1,6}")
_MOST_ITEMS = 1_000
_SEVERITIES = tuple(each.value for each in Severity)
_COST = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Z]{3})?")


def read_all(sources: Iterable[Source], today: str) -> tuple[tuple[Policy, ...], tuple[Diagnostic, ...]]:
    """The policies of several files, by their codes; and all that is wrong. Of one code, the first file counts."""
    known: dict[str, Policy] = {}
    findings: list[Diagnostic] = []
    for source in sources:
        policy, found = read_policy(source, today)
        findings += found
        if policy is None:
            continue
        other = known.setdefault(policy.id, policy)
        if other is not policy:
            message = f"{policy.id} is also defined in {other.span.path}"
            findings.append(Diagnostic(codes.DUPLICATE_POLICY, policy.id_span, message, "give it a different `id`"))
    return tuple(known[id_] for id_ in sorted(known)), tuple(findings)


def read_policy(source: Source, today: str) -> tuple[Policy | None, list[Diagnostic]]:
    """The policy of one file, None if it is invalid; and what is wrong with it. `today` ends exceptions."""
    try:
        with budget(source.name):
            tree, found = parse(source)
            findings = list(found)
            if has_errors(findings):
                return None, findings
            if not isinstance(tree, Map):
                span = Span(source.name, 1, 1, 1, 1)
                return None, [*findings, Diagnostic(codes.BAD_POLICY, span, "a policy must be a YAML mapping")]
            spend(10 * tree.size)
            reader = _Reader(to_data(tree, {}), tree, today)
            policy = reader.policy()
            findings += [placed(fault, tree) for fault in reader.faults]
            return (policy if not has_errors(findings) else None), findings
    except OutOfBudgetError:
        span = Span(source.name, 1, 1, 1, 1)
        return None, [Diagnostic(codes.TOO_MUCH_WORK, span, "this policy takes too much work to check")]


class _Reader:
    """One document: its values, each checked."""

    def __init__(self, data: Mapping[str, Any], tree: Map, today: str) -> None:
        self._data, self._tree, self._today = data, tree, today
        self.faults: list[Fault] = []

    def policy(self) -> Policy:
        """What the document says, as far as it can be read."""
        data = self._data
        self._keys((), data, KEYS, "a policy")
        for key in ("id", "message", "must"):
            if data.get(key) is None:
                self._wrong((), f"`{key}` is missing", _NEEDS[key], on_key=True)
        must, limits = self._must(data.get("must", True))
        severity = self._one_of("severity", _SEVERITIES) or "error"
        message = self._text("message")
        locked = data.get("locked", False)
        if not isinstance(locked, bool):
            self._wrong(("locked",), "`locked` must be true or false")
        url = self._text("url") or None
        if url and not re.fullmatch(r"https?://[!-~]+", url):
            self._wrong(("url",), "`url` must be a URL that begins with https://")
        code = Code(self._id(), message, Severity(severity), is_locked=locked is True, url=url)
        scope = self._map(("scope",), _OF_SCOPE)
        return Policy(
            code=code,
            message=message,
            advice=self._text("advice") or None,
            text=self._explanation(message),
            target=self._one_of("target", TARGETS) or "request",
            when=self._schema(("when",), data["when"]) if data.get("when") is not None else None,
            must=must,
            limits=limits,
            environments=self._texts(("scope", "environment"), scope.get("environment")),
            paths=self._texts(("scope", "path"), scope.get("path")),
            scope_spans={key: self._span(("scope", key)) for key in scope if key in _OF_SCOPE},
            waivers=tuple(self._waivers(data.get("exceptions"))),
            good=self._examples("good"),
            bad=self._examples("bad"),
            span=self._tree.span,
            id_span=self._span(("id",)),
        )

    def _explanation(self, message: str) -> str:
        """What `explain` and SARIF say, in Markdown."""
        lines = [f"{message[:1].upper()}{message[1:]}.", *([self._data["advice"]] if self._text("advice") else [])]
        scope = self._data.get("scope")
        for key, value in scope.items() if isinstance(scope, dict) else ():
            lines.append(f"It applies to the {key} {_listed(value)}.")
        return "\n\n".join(lines)

    def _id(self) -> str:
        given = self._text("id")
        if given and (not _ID.fullmatch(given) or re.match(r"TS[0-9]", given)):
            advice = (
                "write uppercase letters followed by digits, such as ORG001; TS is reserved for trainspec's own codes"
            )
            self._wrong(("id",), f"`{shorten(given)}` cannot be the code of a policy", advice)
        return given

    def _must(self, said: Any) -> tuple[str, Limits]:
        """The schema, and the keys next to it."""
        if not isinstance(said, dict):
            return self._schema(("must",), said), Limits()
        words = {key: said[key] for key in WORDS if key in said}
        if words and self._data.get("target", "request") != "request":
            at: Path = ("must", next(iter(words)))
            self._wrong(at, f"`{at[1]}` applies only to training jobs", "remove `target`, or set `target: request`")
        hours, cost, currency = words.get("max_hours"), words.get("max_cost"), None
        if hours is not None and not _is_amount(hours):
            self._wrong(("must", "max_hours"), "`max_hours` must be a number of machine hours")
            hours = None
        if isinstance(cost, str) and (match := _COST.fullmatch(cost.strip())):
            cost, currency = float(match[1]), match[2]
        if cost is not None and not _is_amount(cost):
            self._wrong(("must", "max_cost"), "`max_cost` must be an amount, such as `50` or `50 USD`")
            cost = None
        schema = {key: value for key, value in said.items() if key not in WORDS}
        return self._schema(("must",), schema), Limits(hours, cost, currency)

    def _schema(self, at: Path, schema: Any) -> str:
        """A schema as JSON; `true` for what is not a schema."""
        found = list(schema_faults(at, schema))
        self.faults += found
        return "true" if found else json.dumps(schema)

    def _waivers(self, said: Any) -> Iterator[Waiver]:
        for at, each in self._list("exceptions", said):
            if not isinstance(each, dict):
                self._wrong(at, "an exception must be a mapping with `until`, and `path`, `environment` or `job`")
                continue
            self._keys(at, each, _OF_WAIVER, "an exception")
            until = each.get("until")
            if until is None:
                advice = "set the last day of the exception: `until: 2026-12-31`"
                self._wrong(at, "`until` is missing", advice)
                continue
            if not _is_date(until):
                self._wrong((*at, "until"), f"`{shorten(str(until))}` is not a date such as 2026-12-31")
                continue
            lists = {key: self._texts((*at, key), each.get(key)) for key in ("path", "environment", "job")}
            if not any(lists.values()):
                advice = "set `path`, `environment` or `job`: without any of them, the policy applies to nothing"
                self._wrong(at, "an exception must set what it applies to", advice)
            has_ended = str(until) < self._today
            if has_ended:
                message = f"an exception from {self._data.get('id')} ended on {until}"
                advice = "fix the cause and remove the exception, or set a later day"
                self.faults.append(Fault(codes.ENDED_EXCEPTION, (*at, "until"), message, advice))
            reason = each.get("reason")
            yield Waiver(
                str(until), has_ended, self._span(at), lists["path"], lists["environment"], lists["job"],
                str(reason) if reason is not None else None,
            )  # fmt: skip

    def _examples(self, key: str) -> tuple[tuple[Path, Any], ...]:
        return tuple(self._list(key, self._data.get(key)))

    def _list(self, key: str, said: Any) -> list[tuple[Path, Any]]:
        if said is None:
            return []
        if not isinstance(said, list) or len(said) > _MOST_ITEMS:
            self._wrong((key,), f"`{key}` must be a list of at most {_MOST_ITEMS} items")
            return []
        return [((key, index), each) for index, each in enumerate(said)]

    def _map(self, at: Path, keys: Sequence[str]) -> Mapping[str, Any]:
        said = self._data.get(str(at[-1]))
        if said is None:
            return {}
        if not isinstance(said, dict):
            self._wrong(at, f"`{dotted(at)}` must be a mapping with {' and '.join(f'`{each}`' for each in keys)}")
            return {}
        self._keys(at, said, keys, f"`{dotted(at)}`")
        return said

    def _keys(self, at: Path, said: Mapping[str, Any], known: Sequence[str], of: str) -> None:
        for key in said:
            if key not in known:
                near = did_you_mean(key, known) or f"known keys: {', '.join(known)}"
                self._wrong((*at, key), f"{of} has no `{shorten(key)}`", near, on_key=True)

    def _texts(self, at: Path, said: Any) -> tuple[str, ...]:
        """A string, or a list of them."""
        items = said if isinstance(said, list) else [said] if said is not None else []
        if not all(isinstance(each, str) and each for each in items) or len(items) > _MOST_ITEMS:
            self._wrong(at, f"`{dotted(at)}` must be a string or a list of strings")
            return ()
        return tuple(items)

    def _text(self, key: str) -> str:
        said = self._data.get(key)
        if said is None:
            return ""
        if not isinstance(said, str) or not said.strip() or len(said) > 2_000:
            self._wrong((key,), f"`{key}` must be a string of at most 2,000 characters")
            return ""
        return " ".join(said.split()).removesuffix(".")

    def _one_of(self, key: str, words: Sequence[str]) -> str | None:
        said = self._data.get(key)
        if said is None or said in words:
            return said
        near = (isinstance(said, str) and did_you_mean(said, words)) or f"write {', '.join(words)}"
        self._wrong((key,), f"`{key}` cannot be `{shorten(str(said))}`", near)
        return None

    def _span(self, at: Path) -> Span:
        return placed(Fault(codes.BAD_POLICY, at, ""), self._tree).span

    def _wrong(self, at: Path, message: str, advice: str | None = None, *, on_key: bool = False) -> None:
        self.faults.append(Fault(codes.BAD_POLICY, at, message, advice, on_key=on_key))


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 10**12


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _listed(value: Any) -> str:
    return ", ".join(f"`{each}`" for each in (value if isinstance(value, list) else [value]))


_OF_SCOPE = ("environment", "path")
_OF_WAIVER = ("path", "environment", "job", "until", "reason")
_NEEDS: Mapping[str, str] = {
    "id": "every policy needs its own code, such as ORG001",
    "message": "describe in one sentence what the policy requires",
    "must": "write the JSON Schema that must match",
}
