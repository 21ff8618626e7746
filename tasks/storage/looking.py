"""Whose credentials are used for S3, where it is, and whether anything answers there: for looking, not for work."""

import http.client
import socket
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore.exceptions import BotoCoreError
from botocore.httpsession import get_cert_path

from tasks.errors import FixTheRun
from tasks.storage.addresses import open_store
from tasks.storage.base import Store
from tasks.storage.objects import ObjectStore
from tasks.storage.retrying import RetryPolicy, name_error

SILENCE_SECONDS = 5.0
# What botocore calls its sources, for people.
SOURCES = {
    "env": "the environment (AWS_ACCESS_KEY_ID)",
    "shared-credentials-file": "the credentials file",
    "config-file": "the config file",
    "iam-role": "the machine's role",
    "container-role": "the container's role",
}


@dataclass(frozen=True, slots=True)
class Access:
    """Where requests go and with whose credentials, secrets left out; ``credentials`` is empty where there are none."""

    credentials: str
    region: str
    endpoint: str
    authority_file: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking an address: a problem and what to do, or the server's clock (whole unix seconds; 0: not told)."""

    sent: float
    received: float
    server_time: float = 0.0
    problem: str = ""


def quick_store(url: str) -> Store:
    """The store at an address, with one more try and no long silences; raises FixTheRun for what is no address."""
    store = open_store(url)
    return ObjectStore(store.url, RetryPolicy((0.5,), 5.0), 10.0) if store.url.startswith("s3://") else store


def access_to_s3() -> Access:
    """As the environment and the files of AWS say; raises FixTheRun for a profile that is not there or half a key."""
    session = botocore.session.Session()
    try:
        credentials = session.get_credentials()
        region = session.get_config_variable("region") or ""
        endpoint = session.create_client("s3", region_name=region or "us-east-1").meta.endpoint_url
        authority = session.get_config_variable("ca_bundle") or ""
    except BotoCoreError as error:
        raise name_error(error, "the settings of S3") from error
    except ValueError:
        raise FixTheRun("the endpoint of S3 must begin with http:// or https://: check AWS_ENDPOINT_URL") from None
    method = credentials.method if credentials else ""
    return Access(SOURCES.get(method, method), region, endpoint, authority)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def ask(address: str, authority_file: str = "", silence_seconds: float = SILENCE_SECONDS) -> Answer:
    """Whether a web server answers at an address, whatever it says, and what its clock shows."""
    sent = time.time()
    try:
        context = ssl.create_default_context(cafile=authority_file or get_cert_path(True))
        opener = urllib.request.build_opener(_Stay(), urllib.request.HTTPSHandler(context=context))
        with opener.open(urllib.request.Request(address, method="HEAD"), timeout=silence_seconds) as answer:  # noqa: S310
            headers = answer.headers
    except urllib.error.HTTPError as error:
        headers = error.headers
        error.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(sent, time.time(), problem=_problem(error, plain_host(address)))
    return Answer(sent, time.time(), _unix_seconds(headers.get("Date", "")))


def plain_host(address: str) -> str:
    """Scheme, host and port of an address: what else is in it may be secret."""
    split = urlsplit(address)
    return f"{split.scheme}://{split.netloc.rpartition('@')[2]}"


def _unix_seconds(date: str) -> float:
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError:
        return 0.0


def _problem(error: Exception, host: str) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"the certificate of {host} is not trusted ({reason.verify_message}): name its authority's file in AWS_CA_BUNDLE"
    if isinstance(reason, ssl.SSLError):
        return f"{host} does not speak TLS as it should: should the address begin with http://?"
    if isinstance(reason, socket.gaierror):
        return f"{host}: no such host: check the address, the region and the network"
    if isinstance(reason, ConnectionRefusedError):
        return f"nothing listens at {host}: start the server, or check the address"
    if isinstance(reason, FileNotFoundError):
        return "the file that AWS_CA_BUNDLE names is not there"
    return f"{host} does not answer ({type(reason).__name__}): check the address, the network and the proxy"
