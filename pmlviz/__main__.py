"""`pmlviz`: the window for a file or nothing, the command line for everything else.

Only this decision is made here, so that neither side pays for the other's imports.
"""

import sys

from pmlviz.start import COMMANDS, start_window


def main() -> int:
    """Run pmlviz with the arguments of the process; return its exit code."""
    arguments = sys.argv[1:]
    if arguments and (arguments[0] in COMMANDS or arguments[0].startswith("-")):
        from pmlviz.cli import run_command

        return run_command(arguments)
    return start_window(arguments)


if __name__ == "__main__":
    sys.exit(main())
