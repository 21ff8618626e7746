"""Pages that were written for Pressrun, and what it makes of them: `python -m tests.golden` writes expected.json anew."""
