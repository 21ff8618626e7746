"""Asking sites for pages: the client, robots.txt and politeness; all but the client are pure."""
