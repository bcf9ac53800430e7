"""`trainspec explain`: a code with its examples, or a field with all that is known of it. Needs no network."""

import argparse

from trainspec.project.project import UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "word",
        nargs="?",
        metavar="CODE_OR_FIELD",
        help="a code (TS540), a field (resources.instance_type, dag.schedule), a request member "
        "(ResourceConfig.InstanceType), `framework`, `algorithm` or one of those (framework.pytorch), an operator "
        "(SageMakerTransformOperator); "
        "lists lists lists lists lists lists all codes if none is given",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what is known. Raises UsageError for a word that means nothing."""
    from trainspec.reference.codes import Explained, all_codes
    from trainspec.reference.fields import Field
    from trainspec.reference.lookup import look_up, suggestion
    from trainspec.reference.show import show, show_choice, show_codes

    if arguments.word is None:
        lines = list(show_codes(all_codes()))
    else:
        answers = look_up(arguments.word)
        fields = [answer for answer in answers if isinstance(answer, Field)]
        if not answers:
            near = suggestion(arguments.word) or "`trainspec explain` lists the codes, docs/fields.md the fields"
            raise UsageError(f"there is no code and no field `{arguments.word}`; {near}")
        codes = [answer for answer in answers if isinstance(answer, Explained)]
        if len(codes) > 1:
            lines = list(show_codes(codes))
        elif len(fields) > 1:
            lines = list(show_choice(arguments.word, fields))
        else:
            lines = [line for answer in answers for line in show(answer)]
    print("\n".join(lines))
    return 0
