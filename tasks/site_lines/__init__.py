"""Lines that a site repeats around its articles: found by counting, cut, and kept apart. Pure."""
