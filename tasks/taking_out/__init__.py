"""Taking down: what a record of a removal names leaves articles, captures and editions."""
