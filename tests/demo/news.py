"""`python -m tests.demo.news`: a small web of made-up news sites on this machine, collected into corpus/news."""

import sys
import tempfile
from pathlib import Path

from flows.cli import main
from tests.collected import breaches, write_sources
from tests.servers.news_web import NewsWeb


def collect_news(root: str) -> int:
    """Serve eight sites, one of which asks for a rest and one of which wants no robots, and collect them; gives the exit code."""
    with NewsWeb(sites=8) as web, tempfile.TemporaryDirectory() as folder:
        web.sites[1].behave("retry_after", seconds=600, path=web.sites[1].articles[0])
        web.sites[2].robots = "User-agent: *\nDisallow: /\n"
        code = main(["collect", str(write_sources(Path(folder) / "sources.toml", web.sites)), "--into", root, "--workers", "2"])
        logs = f"{len(web.log)} requests, breaches of robots.txt, delay or Retry-After: {breaches(web) or 'none'}"
        print(f"\nwhat the sites' own logs say: {logs}")
    return code


if __name__ == "__main__":
    sys.exit(collect_news("corpus/news"))
