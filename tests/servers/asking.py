"""One request as a test asks it: without redirects, without unpacking."""

import asyncio
from collections.abc import Mapping

import aiohttp


def ask(url: str, seconds: float = 5.0, method: str = "GET", **headers: str) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and the body as it was sent; ``headers`` with _ for -."""

    async def go() -> tuple[int, Mapping[str, str], bytes]:
        timeout = aiohttp.ClientTimeout(total=seconds)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with (
            aiohttp.ClientSession(timeout=timeout, auto_decompress=False) as session,
            session.request(method, url, headers=named, allow_redirects=False) as answer,
        ):
            return answer.status, answer.headers, await answer.read()

    return asyncio.run(go())
