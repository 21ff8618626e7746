"""What went wrong, named by what to do next. One message each: other shapes do not survive pickling to Dask."""


class PressError(Exception):
    """The root of Pressrun's own errors; its message is one line for a person."""


class RetryLater(PressError):
    """The outside did not answer as it should (store, network): the same step may work in a while."""


class BrokenShard(PressError):
    """This input cannot be worked on, now or later; all the other shards can."""


class FixTheRun(PressError):
    """A person has to change something (a setting, a right, a path) before any work can start."""


def first_line(error: BaseException) -> str:
    """What an error of a library says, in its first line; its kind where it says nothing."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__
