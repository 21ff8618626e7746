"""Extension fields of WARC records (WARC/1.1, 4) that `pressrun collect` writes beside a page. Names that nobody else uses."""

ROBOTS_ALLOWED = "Pressrun-Robots-Allowed"  # true | false
ANNOUNCED_AT = "Pressrun-Announced-At"  # when the source says that the article was published, ISO 8601
ANNOUNCED_IN = "Pressrun-Announced-In"  # feed | sitemap
