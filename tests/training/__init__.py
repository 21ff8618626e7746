"""Trains the net of tasks.blocks from pages with a gold text: ``make train``."""
