"""Exit codes, and every error that a person can mend as one line on standard error."""

import sys
from collections.abc import Callable

from pydantic import ValidationError

from tasks.errors import FixTheRun, PressError

DONE, FAILED, FIX_THE_RUN, INTERRUPTED = 0, 1, 2, 130
AGAIN = "start the same command again"
STOPPED = f"interrupted: {AGAIN} and it goes on after the last parts"


def with_exit_code(action: Callable[[], int]) -> int:
    """Run a command and give its exit code; our own errors become a line and a code."""
    try:
        return action()
    except FixTheRun as error:
        return complain(str(error), FIX_THE_RUN)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        return complain(f"{where}: {first['msg'].removeprefix('Value error, ')}", FIX_THE_RUN)
    except PressError as error:
        return complain(str(error), FAILED)
    except KeyboardInterrupt:
        return complain(STOPPED, INTERRUPTED)


def with_again(why: str) -> str:
    """Why a run failed, and what to do then, once: some errors say it themselves."""
    return why if why.endswith(AGAIN) else f"{why}; {AGAIN}"


def complain(line: str, exit_code: int) -> int:
    """Print the line on standard error; returns the exit code."""
    print(f"pressrun: {line}", file=sys.stderr, flush=True)
    return exit_code
