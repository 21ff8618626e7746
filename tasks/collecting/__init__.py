"""Collecting the live news: what a worker does with the lanes that it was given."""
