"""Common Crawl's indexes: which captures of a crawl are of some hosts, and where each lies, for as few bytes as possible."""

from tasks.common_crawl.cdx import select_cdx
from tasks.common_crawl.columnar import select_columnar
from tasks.common_crawl.selection import IndexRow, Selection, Tally
from tasks.host_names import Hosts, read_hosts

__all__ = ["Hosts", "IndexRow", "Selection", "Tally", "read_hosts", "select_cdx", "select_columnar"]
