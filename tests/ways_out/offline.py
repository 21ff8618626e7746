"""`datasets`, told before it is imported that it may not ask the network: it reads its settings once."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

import datasets

__all__ = ["datasets"]
