"""`trainspec explain`: explains a code with its examples, or a field with everything that is known about it.

Needs no network.
"""

import argparse
import re

from trainspec.project.project import UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="CODE_OR_FIELD",
        help="a code (TS540, or a policy's: ORG001), a field (resources.instance_type, dag.schedule), a request member "
        "(ResourceConfig.InstanceType), `framework`, `algorithm` or one of them (framework.pytorch), an instance type "
        "(ml.g5.xlarge), an operator (SageMakerTransformOperator); "
        "lists all codes if none is given",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what is known about the words. Raises UsageError for an unknown word."""
    from trainspec.reference.codes import all_codes
    from trainspec.reference.show import show_codes

    if not arguments.words:
        lines = list(show_codes(all_codes()))
    else:
        lines = [line for word in arguments.words for line in ("", *_explained(word))][1:]
    print("\n".join(lines))
    return 0


def _policy(word: str) -> list[str]:
    """What is known of a policy of the project; nothing if it has none of that code."""
    if re.match(r"TS[0-9]", word) or not re.search(r"[A-Z].*[0-9]", word):
        return []
    from trainspec.cli.policies import explained
    from trainspec.cli.reading import project_here

    policies = project_here().selection.policies
    found = next((each for each in policies.policies if each.id == word), None) if policies else None
    return list(explained(found)) if found else []


def _explained(word: str) -> list[str]:
    """What is known of one word. Raises UsageError for one that means nothing."""
    from trainspec.reference.codes import Explained
    from trainspec.reference.fields import Field
    from trainspec.reference.lookup import look_up, suggestion
    from trainspec.reference.show import show, show_choice, show_codes

    if policy := _policy(word):
        return policy
    answers = look_up(word)
    fields = [answer for answer in answers if isinstance(answer, Field)]
    if not answers:
        near = suggestion(word) or "`trainspec explain` lists the codes, docs/fields.md the fields"
        raise UsageError(f"there is no code and no field `{word}`; {near}")
    codes = [answer for answer in answers if isinstance(answer, Explained)]
    if len(codes) > 1:
        return list(show_codes(codes))
    if len(fields) > 1:
        return list(show_choice(word, fields))
    return [line for answer in answers for line in show(answer)]
