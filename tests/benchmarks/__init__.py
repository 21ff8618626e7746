"""Benchmarks: ratios against a limit or a peer measured in the same run, on the archive given or on a made one."""
