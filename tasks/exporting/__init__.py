"""Ways out of an edition: other forms of its articles, in files of a few hundred MB, for tools that do not read it as it lies."""
