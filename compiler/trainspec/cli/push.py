"""`trainspec push`: uploads the source archives of specs that are not in S3 yet."""

import argparse
import sys
from collections.abc import Iterable
from typing import Any

from trainspec.cli.arguments import add_composition, add_paths, options
from trainspec.cli.reading import analyse_files, project_here
from trainspec.cli.showing import show_on_stderr
from trainspec.diagnostics import has_errors
from trainspec.diagnostics.excerpt import visible
from trainspec.packing.source import Source
from trainspec.packing.upload import UploadError, upload
from trainspec.project.project import UsageError

_SHOWN_FROM = 4 * 1024 * 1024
"""Archives larger than this, in bytes, show how far they are."""


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_paths(parser)
    parser.add_argument("--dry-run", action="store_true", help="print what would be uploaded, without contacting AWS")
    add_composition(parser)
    aws = parser.add_argument_group("AWS")
    aws.add_argument("--region", help="the AWS region of the buckets, if your AWS configuration sets none")
    aws.add_argument("--profile", help="the profile of your AWS configuration")
    aws.add_argument(
        "--endpoint-url", metavar="URL", help="a different S3 endpoint, such as that of `trainspec simulate`"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each archive; 1 if the specs have errors or S3 rejects one."""
    project = project_here()
    analyses = analyse_files(arguments.paths, project, options(arguments, project))
    findings = [found for each in analyses for found in each.findings]
    if has_errors(findings):
        show_on_stderr([found for found in findings if has_errors([found])], project, analyses)
        return 1
    sources = {source.uri: source for each in analyses for source in each.sources.values()}
    if not sources:
        print("trainspec: no job has a source folder, so there is nothing to push", file=sys.stderr)
        return 0
    if arguments.dry_run:
        for uri, source in sources.items():
            print(visible(f"would upload {uri} ({_size(source)})"))
        return 0
    return _push(sources.values(), _client(arguments))


def _push(sources: Iterable[Source], client: Any) -> int:
    failed = False
    for source in sources:
        try:
            done = upload(source, client, _progress(source) if sys.stderr.isatty() else _silent)
        except (UploadError, OSError) as error:
            print(visible(f"trainspec: {error}"), file=sys.stderr)
            failed = True
            continue
        print(
            visible(f"uploaded {source.uri} ({_size(source)})" if done else f"already there: {source.uri}"), flush=True
        )
    return int(failed)


def _client(arguments: argparse.Namespace) -> Any:
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise UsageError('push needs boto3: pip install "trainspec[aws]"') from None
    try:
        session = boto3.Session(profile_name=arguments.profile, region_name=arguments.region)
        if session.get_credentials() is None:
            raise UsageError("no AWS credentials; configure them as for the AWS CLI (environment, profile, SSO)")
        config: Any = Config(retries={"total_max_attempts": 5, "mode": "standard"})
        return session.client("s3", endpoint_url=arguments.endpoint_url, config=config)
    except (BotoCoreError, ValueError) as error:
        raise UsageError(f"boto3 reports: {error}") from None


def _size(source: Source) -> str:
    count = len(source.listing.members)
    return f"{count} file{'' if count == 1 else 's'}, {source.packed.size / 1000:,.0f} kB"


def _silent(done: int, size: int) -> None:
    """Nobody watches."""


def _progress(source: Source) -> Any:
    def show(done: int, size: int) -> None:
        if size < _SHOWN_FROM:
            return
        filled = round(20 * done / size)
        end = "\r\x1b[K" if done >= size else ""
        bar, name = f"[{'#' * filled}{'.' * (20 - filled)}]", visible(source.folder.name)
        line = f"\r{name} {bar} {done / 1e6:,.0f} of {size / 1e6:,.0f} MB"
        print(end or line, end="", file=sys.stderr, flush=True)

    return show
