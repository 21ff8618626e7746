"""One file a way out: its name is its name on the command line."""
