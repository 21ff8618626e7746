"""Where new articles are announced: feeds, sitemaps, lists of addresses and home pages. Pure: bytes in, what they announce out."""
