"""Runs the file of a Python task as a program of its own: ``run_task.py FILE ARGUMENT...``

Standard input is a pipe that the runner of jobs holds open: when it closes, the runner is gone, and this process ends
with all that it started. The task itself gets an empty standard input.
"""

import os
import runpy
import signal
import sys
import threading
from pathlib import Path


def end_with_runner() -> None:
    """Ends the whole process group when the other end of standard input is closed."""
    pipe = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def wait() -> None:
        while os.read(pipe, 1):
            pass
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()


def main() -> None:
    """Gives the file its arguments, its folder and ``databricks.sdk.runtime`` to import from, and runs it."""
    file = sys.argv[1]
    end_with_runner()
    sys.argv = sys.argv[1:]
    sys.path[:0] = [str(Path(file).parent), str(Path(__file__).parent)]
    runpy.run_path(file, run_name="__main__")


if __name__ == "__main__":
    main()
