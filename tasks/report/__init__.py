"""The report: a corpus, or one run, counted and drawn on one page that needs nothing from elsewhere."""
