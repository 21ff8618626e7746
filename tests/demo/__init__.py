"""The archive that `make demo` presses, made of the pages in tests/golden: `python -m tests.demo` writes it anew."""
