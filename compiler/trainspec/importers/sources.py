"""Finds out what a source is, and reads it: nothing in it is run."""

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from trainspec.diagnostics import Diagnostic
from trainspec.disk.reading import DiskTree, UnreadableError, read_typed
from trainspec.importers.ack import import_manifest, is_manifest
from trainspec.importers.comments import comments_of
from trainspec.importers.dag_file import constants_of, import_dag_file, import_straight, read_bounded
from trainspec.importers.interpret import ReadModule
from trainspec.importers.model import CannotImportError, Imported, UnavailableError
from trainspec.importers.request import import_request, is_request
from trainspec.importers.wrappings import import_wrapped
from trainspec.schema.bounded import depth
from trainspec.text.parse import MAX_DEPTH, parse
from trainspec.text.source import MAX_BYTES, Source, decode, read_in, read_source
from trainspec.text.tree import Mapping, Node, Scalar, Sequence
from trainspec.text.typing import natural

_UNREAD: Final = {
    ".tf": "Terraform's own language cannot be read; convert it to JSON, for example with `terraform show -json`",
    ".ipynb": "a notebook cannot be read; export it with `jupyter nbconvert --to script`, and record the script with "
    "`trainspec import --record`",
}
_SCRIPT: Final = "a script and not a DAG file; record its jobs: trainspec import --record -- python FILE"
_MODULES: Final = re.compile(r"^[ \t]*(?:import|from)[ \t]+(\w+)", re.MULTILINE)
_PYTHON = re.compile(r"^(from \S+ )?import ", re.MULTILINE)


def read_file(path: Path) -> list[Imported]:
    """The specs that a file becomes. Raises CannotImportError."""
    if path.suffix in _UNREAD:
        raise CannotImportError(_UNREAD[path.suffix])
    return _read(decode(_content(path), path.name), path.suffix, _modules_beside(path))


def load_file(path: Path, python: str, timeout: float) -> list[Imported]:
    """The specs that a DAG file becomes, loaded (and so run) by the Airflow of `python`. Raises CannotImportError."""
    from trainspec.importers.load.run import load
    from trainspec.importers.load.straight import straight_of

    if path.suffix != ".py":
        raise UnavailableError("--load is for DAG files: it is not a .py file")
    if not path.is_file():
        raise UnavailableError("no such file")
    found = load(path, python, timeout)
    source = read_source(path, path.name)
    text = source.text if isinstance(source, Source) else ""
    comments, constants = comments_of(text), constants_of(text)
    return read_bounded(lambda: import_straight(replace(straight_of(found), comments=comments, constants=constants)))


def read_text(content: bytes) -> list[Imported]:
    """The specs that a text without a file name becomes. Raises CannotImportError."""
    source = decode(content, "it")
    text = source.text.lstrip() if isinstance(source, Source) else ""
    return _read(source, ".json" if text.startswith(("{", "[")) else ".py" if _PYTHON.search(text) else ".yaml")


def _content(path: Path) -> bytes:
    """The bytes of a file. Raises UnavailableError."""
    try:
        return read_typed(path, MAX_BYTES)
    except UnreadableError as why:
        raise UnavailableError(str(why)) from None


def _modules_beside(path: Path) -> ReadModule:
    """Reads the modules in the folder of a DAG file; links that lead out of it are not followed."""
    tree = DiskTree(path.parent)

    def read(name: str) -> str | None:
        source = read_in(tree, f"{name.replace('.', '/')}.py", name)
        return source.text if isinstance(source, Source) else None

    return read


def _read(source: Source | Diagnostic, suffix: str, read_module: ReadModule = lambda name: None) -> list[Imported]:
    if isinstance(source, Diagnostic):
        why = source.message.removeprefix(f"{source.span.path} ")
        raise CannotImportError(why if why != source.message else f"line {source.span.line}: {why}")
    if suffix == ".py":
        modules = set(_MODULES.findall(source.text))
        if "airflow" not in modules and modules & {"boto3", "sagemaker"}:
            raise CannotImportError(_SCRIPT)
        return import_dag_file(source.text, read_module)
    return [_import_data(_data(source, suffix))]


def _data(source: Source, suffix: str) -> Any:
    if suffix == ".json":
        try:
            data = json.loads(source.text, parse_constant=_no_number, parse_float=_finite)
            json.dumps(data, ensure_ascii=False).encode()  # half a surrogate pair cannot be encoded
        except (ValueError, RecursionError) as error:
            raise CannotImportError(f"not JSON: {error}") from error
        if depth(data) > MAX_DEPTH:
            raise CannotImportError(f"more than {MAX_DEPTH} levels of nesting")
        return data
    tree, findings = parse(source, keep_tags=True)
    if findings or tree is None:
        why = findings[0] if findings else None
        raise CannotImportError(f"line {why.span.line}: {why.message}" if why else "the file is empty")
    return _plain(tree)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is larger than any number of a request")
    return number


def _plain(node: Node) -> Any:
    """The data of a YAML tree by YAML's standard types, as the tools that these files are written for read it."""
    if isinstance(node, Mapping):
        return {entry.key.text: _plain(entry.value) for entry in node.entries}
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    return natural(node.text) if isinstance(node, Scalar) and node.plain else node.text


def _import_data(data: Any) -> Imported:
    if is_manifest(data):
        return import_manifest(data)
    if is_request(data):
        return import_request(data)
    if (found := import_wrapped(data)) is not None:
        return found
    raise CannotImportError(
        "neither a request for a training or tuning job, an answer that describes one, nor a TrainingJob or "
        "HyperParameterTuningJob manifest, and it does not contain such a request"
    )


_TRAINING: Final = ("describe_training_job", "TrainingJobName", "TrainingJobArn")
_TUNING: Final = (
    "describe_hyper_parameter_tuning_job",
    "HyperParameterTuningJobName",
    "HyperParameterTuningJobArn",
)
"""How each kind of job is described: the call, the member with its name, and the one with its ARN."""
_LONGEST_OF_TUNING: Final = 32


def read_aws(name: str, region: str | None) -> Imported:
    """The training or tuning job `name` as AWS describes it, with its tags. Raises UnavailableError."""
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError
    except ImportError as error:
        raise UnavailableError("--job-name needs boto3: install trainspec[aws]") from error
    try:
        client = boto3.client("sagemaker", region_name=region)
        arn, answer = _described(client, name)
        tags = client.list_tags(ResourceArn=arn).get("Tags", [])
    except NoRegionError as error:
        raise UnavailableError("no region given: set --region, or set one in your AWS configuration") from error
    except NoCredentialsError as error:
        raise UnavailableError("no AWS credentials; configure them as for the AWS CLI") from error
    except (BotoCoreError, ClientError) as error:
        raise UnavailableError(f"AWS says: {error}") from error
    own = [tag for tag in tags if not tag["Key"].startswith("aws:")]
    return import_request({**answer, **({"Tags": own} if own else {})})


def _described(client: Any, name: str) -> tuple[str, dict[str, Any]]:
    """The ARN and the description of a training job or, if none has the name, of a tuning job.

    Raises UnavailableError if there is neither, and what boto3 raises.
    """
    from botocore.exceptions import ClientError

    where = f"`{name}` in {client.meta.region_name}"
    if (training := _answer(client, _TRAINING, name)) is not None:
        return training
    if len(name) > _LONGEST_OF_TUNING:
        raise UnavailableError(
            f"there is no training job {where}, and names of tuning jobs have at most {_LONGEST_OF_TUNING} characters"
        )
    try:
        tuning = _answer(client, _TUNING, name)
    except ClientError as error:
        raise UnavailableError(
            f"there is no training job {where}; could not check whether a tuning job has this name: AWS says: {error}"
        ) from error
    if tuning is None:
        raise UnavailableError(f"there is no training job or tuning job {where}")
    return tuning


def _answer(client: Any, kind: tuple[str, str, str], name: str) -> tuple[str, dict[str, Any]] | None:
    """The ARN and the description of a job of one kind; None if AWS has no job of that name."""
    from botocore.exceptions import ClientError

    describe, member, arn = kind
    try:
        answer: dict[str, Any] = getattr(client, describe)(**{member: name})
    except ClientError as error:
        code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code == "ResourceNotFound" or (code == "ValidationException" and "not found" in text):
            return None
        raise
    return str(answer[arn]), answer
