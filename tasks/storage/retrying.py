"""What goes wrong between us and an object store, and for how long to try again."""

import asyncio
import errno
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import aiohttp
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
)

from tasks.errors import FixTheRun, PressError, RetryLater
from tasks.storage.base import NotFound, Refused

Found = TypeVar("Found")

# Not all of them are OSError (s3fs lets botocore's and aiohttp's own through).
OUTSIDE_ERRORS = (OSError, BotoCoreError, ClientError, aiohttp.ClientError, asyncio.TimeoutError)
GONE_BUCKET = {"NoSuchBucket"}
# Refusals of one transfer that went wrong, not of what was asked for.
TRANSIENT = {"InternalError", "IncompleteBody", "BadDigest", "XAmzContentSHA256Mismatch"}
# Credentials of a machine's role are renewed while we wait, those of the environment never are.
EXPIRED = {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"}
EXPIRED_TRIES = 4
# A request that waited too long in our own queue looks like one from a machine whose clock is wrong.
SKEWED = "RequestTimeTooSkewed"
REFUSED_ERRNOS = {errno.ENOSYS, errno.EINVAL, errno.EMSGSIZE, errno.ENAMETOOLONG}
KEYS = "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the rights of that user"
RENEW = "set new AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN and start the run again; what is done stays done"

SETTINGS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((NoCredentialsError, PartialCredentialsError), "no credentials found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
    ((ProfileNotFound,), "AWS_PROFILE names a profile that is not there"),
    ((ParamValidationError,), "the bucket's name or the key cannot be one"),
)
# By code, or by status. 507: Insufficient Storage (RFC 4918, 11.5); so says MinIO, with XMinioStorageFull.
ANSWERS = {
    "NoSuchBucket": "the bucket does not exist",
    SKEWED: f"refused ({SKEWED}): set this machine's clock",
    "507": "no space left on the server: make room, and start the same command again",
}


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Waits between tries, seconds, each drawn from half to the whole (full waits would come back in step).

    No try begins after ``budget_seconds``: a server that takes a minute to say nothing would hold us for ten.
    """

    waits_seconds: tuple[float, ...] = (0.2, 0.5, 1, 2, 4, 8, 16, 30)
    budget_seconds: float = 90.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    draw: Callable[[float, float], float] = random.uniform


def with_retries(policy: RetryPolicy, what: str, action: Callable[[], Found]) -> Found:
    """Do it, again where waiting may help; raises NotFound, FixTheRun, or RetryLater when all tries are used up."""
    end = policy.clock() + policy.budget_seconds
    for tries, wait in enumerate((*policy.waits_seconds, None), 1):
        try:
            return action()
        except OUTSIDE_ERRORS as error:
            if isinstance(error, FileExistsError):
                raise
            named = name_error(error, what)
            if wait is None or policy.clock() + wait > end or not _may_pass(error, named, tries):
                raise named from error
            policy.sleep(policy.draw(wait / 2, wait))
    raise AssertionError("unreachable")


def _may_pass(error: BaseException, named: PressError, tries: int) -> bool:
    if error_code(error) in {*EXPIRED, SKEWED}:
        return tries < EXPIRED_TRIES
    # A web server's own refusal: some say 403 to whom they find too fast, so it is not final, but we do not insist.
    if isinstance(named, Refused):
        return tries < EXPIRED_TRIES
    return isinstance(named, RetryLater)


def http_status(error: BaseException) -> int | None:
    """Status of the answer behind an error, where there was one."""
    if isinstance(error, aiohttp.ClientResponseError):
        return error.status
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
    code = error_code(error)
    if isinstance(error, FileNotFoundError) and code not in GONE_BUCKET:
        return NotFound(f"{what}: there is no such object")
    if isinstance(error, aiohttp.ClientResponseError):
        return _name_answer(error.status, what)
    to_fix = _what_to_fix(error, code, http_status(error))
    return FixTheRun(f"{what}: {to_fix}") if to_fix else RetryLater(f"{what}: {code or type(error).__name__}")


def _name_answer(status: int, what: str) -> PressError:
    if status in {404, 410}:
        return NotFound(f"{what}: there is no such object")
    return (Refused if status in {401, 403} else RetryLater)(f"{what}: answered {status}")


def _what_to_fix(error: BaseException, code: str, status: int | None) -> str:
    for kinds, to_fix in SETTINGS:
        if isinstance(error, kinds):
            return to_fix
    if told := ANSWERS.get(code) or ANSWERS.get(f"{status}"):
        return told
    if code in EXPIRED:
        return f"the credentials have expired ({code}): {RENEW}"
    if isinstance(error, PermissionError) or status in {401, 403}:
        return f"refused ({code or status or 'access denied'}): {KEYS}"
    refused = getattr(error, "errno", None) in REFUSED_ERRNOS
    if refused and status not in {409, 412, None} and code not in TRANSIENT:
        return f"refused ({code or status})"
    return ""
