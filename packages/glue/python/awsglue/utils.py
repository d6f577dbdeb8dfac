"""Arguments of a job (docs: "Accessing parameters using getResolvedOptions")."""

import argparse
from collections.abc import Sequence


class GlueArgumentError(Exception):
    """A required argument is missing."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise GlueArgumentError(message)


def getResolvedOptions(args: Sequence[str], options: Sequence[str]) -> dict[str, str]:  # noqa: N802
    """The values of the named options among a job's arguments; others are left alone.

    Raises GlueArgumentError when one is missing.
    """
    parser = _Parser(add_help=False, allow_abbrev=False)
    for option in options:
        parser.add_argument(f"--{option}", required=True)
    known, _ = parser.parse_known_args(list(args[1:]))
    return vars(known)
