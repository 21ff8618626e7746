"""Editions, step by step: sign, join, group, cut, write. Each step is plain Python that can be called alone."""
