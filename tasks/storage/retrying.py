"""What goes wrong between us and an object store, and for how long to try again."""

import asyncio
import errno
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import aiohttp
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from tasks.errors import FixTheRun, PressError, RetryLater
from tasks.storage.base import NotFound

Found = TypeVar("Found")

# Not all of them are OSError (s3fs lets botocore's and aiohttp's own through).
OUTSIDE_ERRORS = (OSError, BotoCoreError, ClientError, aiohttp.ClientError, asyncio.TimeoutError)
GONE_BUCKET = {"NoSuchBucket"}
KEYS = "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the rights of that user"


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Waits between tries, seconds, each drawn from half to the whole (full waits would come back in step)."""

    waits_seconds: tuple[float, ...] = (0.2, 0.5, 1, 2, 4, 8, 16, 30)
    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[float, float], float] = random.uniform


def with_retries(policy: RetryPolicy, what: str, action: Callable[[], Found]) -> Found:
    """Do it, again where waiting may help; raises NotFound, FixTheRun, or RetryLater when all tries are used up."""
    for wait in (*policy.waits_seconds, None):
        try:
            return action()
        except OUTSIDE_ERRORS as error:
            if isinstance(error, FileExistsError):
                raise
            named = name_error(error, what)
            if wait is None or not isinstance(named, RetryLater):
                raise named from error
            policy.sleep(policy.draw(wait / 2, wait))
    raise AssertionError("unreachable")


def http_status(error: BaseException) -> int | None:
    """Status of the answer behind an error, where there was one."""
    response = getattr(error, "response", None) or getattr(error.__cause__, "response", None)
    return (
        response["ResponseMetadata"].get("HTTPStatusCode")
        if isinstance(response, dict) and "ResponseMetadata" in response
        else None
    )


def error_code(error: BaseException) -> str:
    """The store's own code behind an error, such as SlowDown; empty where there is none."""
    response = getattr(error, "response", None) or getattr(error.__cause__, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def name_error(error: BaseException, what: str) -> PressError:
    """Ours for theirs, in one line that repeats no secret."""
    code, status = error_code(error), http_status(error)
    if code in GONE_BUCKET:
        return FixTheRun(f"{what}: the bucket does not exist")
    if isinstance(error, FileNotFoundError):
        return NotFound(f"{what}: there is no such object")
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        return FixTheRun(f"{what}: no credentials found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    if isinstance(error, PermissionError) or status in {401, 403}:
        return FixTheRun(f"{what}: refused ({code or status or 'access denied'}): {KEYS}")
    if getattr(error, "errno", None) in {errno.ENOSYS, errno.EINVAL} and status not in {409, 412, None} and code != "InternalError":
        return FixTheRun(f"{what}: refused ({code or status})")
    return RetryLater(f"{what}: {code or type(error).__name__}")
