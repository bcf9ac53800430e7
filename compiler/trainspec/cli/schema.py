"""`trainspec schema`: the JSON Schema of the language; and both schemas rebuilt from what they are derived from."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from trainspec.project.project import UsageError
from trainspec.schema.files import API_SCHEMA, OTHER_REQUESTS, SPEC_SCHEMA, load_schema, schema_path, schema_text


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--path", action="store_true", help="print the path of the installed schema, for an editor")
    parser.add_argument("--rebuild", action="store_true", help=argparse.SUPPRESS)  # for who works on trainspec itself
    parser.add_argument("--api", action="store_true", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Print the spec's schema, or rebuild the requested files and print what changed."""
    if arguments.api:
        for name, text in _derived_api_schemas().items():
            _write(name, text)
    if arguments.api or arguments.rebuild:
        _write(SPEC_SCHEMA, schema_text(build_spec_schema()))
        _write_types()
    elif arguments.path:
        print(schema_path(SPEC_SCHEMA).resolve())
    else:
        print(schema_path(SPEC_SCHEMA).read_text(encoding="utf-8"), end="")
    return 0


def build_spec_schema() -> dict[str, Any]:
    """The language's schema with the request members and their limits, from the models and the table of fields."""
    from trainspec.language.schema import build_schema
    from trainspec.request.algorithms.editing import conditions
    from trainspec.request.api.check import member_schema, shape_name
    from trainspec.request.api.model import TRAINING, TUNING
    from trainspec.request.fields import OF_PARTS, members
    from trainspec.request.tuning import tuning_members

    paths = [(field, member, member.split("."), TRAINING) for field, member in members()]
    paths += [(field, member, member.split("."), TUNING) for field, member in tuning_members()]
    return build_schema(
        (
            (field, member, shape_name(path, of) or "", {} if field in OF_PARTS else member_schema(path, of) or {})
            for field, member, path, of in paths
        ),
        conditions(),
    )


def _write_types() -> None:
    """Write the types of a spec's data, in a checkout: an installed package has them already."""
    from trainspec.language import typed

    path = Path(typed.__file__).with_name("data.py")
    text = typed.typed_dicts()
    is_new = path.read_text(encoding="utf-8") != text
    if is_new:
        path.write_text(text, encoding="utf-8")
    print(f"{path}: {'written' if is_new else 'unchanged'}", file=sys.stderr)


def _derived_api_schemas() -> dict[str, str]:
    from trainspec.request.api.derive import derive_other_requests, derive_schema
    from trainspec.request.api.derive import schema_text as api_schema_text

    try:
        schemas = {API_SCHEMA: derive_schema(), OTHER_REQUESTS: derive_other_requests()}
        return {name: api_schema_text(schema) for name, schema in schemas.items()}
    except ImportError as error:
        raise UsageError("this needs botocore: install trainspec[aws]") from error


def _write(name: str, text: str) -> None:
    from trainspec.request.api.changes import changes

    path = schema_path(name)
    old = path.read_text(encoding="utf-8") if path.exists() else "{}"
    if old == text:
        print(f"{path}: unchanged", file=sys.stderr)
        return
    if name == API_SCHEMA:
        for line in changes(json.loads(old), json.loads(text)):
            print(line)
    path.write_text(text, encoding="utf-8")
    load_schema.cache_clear()
    print(f"{path}: written", file=sys.stderr)
