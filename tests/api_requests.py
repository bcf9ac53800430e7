"""Requests drawn from the API's schema: every member, every form that the schema allows, strings with traps in them."""

from typing import Any

from hypothesis import strategies as st
from trainspec.request.api.check import check_request
from trainspec.request.api.model import TRAINING, model

TRAPS = (
    *("${", "$${vars.x}", "{{", "{{ ds }}", "{%", "{% if x %}", "{#", "}}", "%}"),
    *("'", '"', "\\", ": ", " #", "- ", "<<", "&a", "*a", "!t", "|", ">", "@", "`"),
    *("null", "~", "1e5", "012", "true", "2025-04-01", "é", " ", "x"),
)
trapped = st.lists(st.sampled_from(TRAPS), min_size=1, max_size=4).map("".join)
with_newlines = st.lists(st.sampled_from((*TRAPS, "\n", "\r\n", "\t")), min_size=1, max_size=4).map("".join)

_ARN = "arn:aws:sagemaker:us-east-1:123456789012:"
_BY_PATTERN = {
    ".*": trapped,
    ".+": trapped,
    r"[\S\s]*": with_newlines,
    r"(https|s3)://([^/]+)/?(.*)": trapped.map(lambda text: f"s3://bucket/{text}"),
    r"arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+": st.just("arn:aws:iam::123456789012:role/MyRole"),
    r"arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:mlflow-[a-zA-Z-]*/.*": trapped.map(
        lambda text: f"{_ARN}mlflow-app/{text}"
    ),
    r"arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:training-plan/.*": trapped.map(
        lambda text: f"{_ARN}training-plan/{text}"
    ),
}
_LEAST = 30  # the minimum rate at which an optional member is drawn, in percent


def requests() -> st.SearchStrategy[dict[str, Any]]:
    """Requests that the API's model accepts."""
    return requests_of(TRAINING).filter(lambda request: not check_request(request))


def requests_of(
    operation: str, without: frozenset[str] = frozenset(), always: frozenset[str] = frozenset()
) -> st.SearchStrategy[dict[str, Any]]:
    """Requests of an operation, `without` some members, and with others `always`."""
    return Drawn(operation, without, always).request()


class Drawn:
    """Strategies by the names of their shapes."""

    def __init__(self, operation: str, without: frozenset[str], always: frozenset[str]) -> None:
        self.model = model(operation)
        self.without = without
        self.always = always
        self.made: dict[str, st.SearchStrategy[Any]] = {}

    def request(self) -> st.SearchStrategy[dict[str, Any]]:
        """Complete requests."""
        return self._shape(self.model["$ref"])

    def _shape(self, reference: str) -> st.SearchStrategy[Any]:
        name = reference.rsplit("/", 1)[-1]
        if name not in self.made:
            self.made[name] = self._strategy(self.model["$defs"][name])
        return self.made[name]

    def _strategy(self, shape: dict[str, Any]) -> st.SearchStrategy[Any]:
        kind = shape["type"]
        if "properties" in shape:
            members = {
                name: self._shape(below["$ref"])
                for name, below in shape["properties"].items()
                if not below.get("x-output-only") and name not in self.without
            }
            required = {*shape.get("required", ()), *(self.always & members.keys())}
            optional = {name: each for name, each in members.items() if name not in required}
            return st.fixed_dictionaries({name: members[name] for name in sorted(required)}, optional=optional)
        if kind == "object":
            keys = self._text(shape.get("propertyNames", {}))
            values = self._shape(shape["additionalProperties"]["$ref"])
            return st.dictionaries(keys, values, max_size=min(3, shape.get("maxProperties", 3)))
        if kind == "array":
            items = self._shape(shape["items"]["$ref"])
            return st.lists(items, min_size=shape.get("minItems", 0), max_size=min(3, shape.get("maxItems", 3)))
        if kind == "string":
            return self._text(shape)
        if kind == "number":
            return st.sampled_from([0.5, 1, -2.25, 100, 0.001])
        if kind == "integer":
            low = shape.get("minimum", 0)
            return st.one_of(
                st.integers(low, shape.get("maximum", 10**12)), st.sampled_from([max(low, 60), max(low, 3600)])
            )
        return st.booleans()

    def _text(self, shape: dict[str, Any]) -> st.SearchStrategy[str]:
        return _text(self.model["$defs"][shape["$ref"].rsplit("/", 1)[-1]] if "$ref" in shape else shape)


def _text(shape: dict[str, Any]) -> st.SearchStrategy[str]:
    if "enum" in shape:
        return st.sampled_from(shape["enum"])
    low, high = shape.get("minLength", 0), shape.get("maxLength", 60)
    pattern = shape.get("x-aws-pattern", ".*")
    drawn = _BY_PATTERN.get(pattern)
    if drawn is None:
        drawn = st.from_regex(shape["pattern"], fullmatch=True, alphabet=st.characters(codec="ascii"))
    return drawn.filter(lambda text: low <= len(text) <= high)
