"""What pressing costs, learned from receipts, and what is still to come by that measure."""

from collections.abc import Iterable
from dataclasses import dataclass

from tasks.shards import Receipt

# Measured with the project's own benchmark archive (33 MB, 2,001 records) and the default extractor.
FIRST_GUESS_CPU_SECONDS, FIRST_GUESS_ARTICLES, FIRST_GUESS_OUTPUT = 500.0, 25_000.0, 0.1
GB = 1e9


@dataclass(frozen=True, slots=True)
class Cost:
    """What was read (bytes as stored), what became of it (articles, bytes of Parquet), and CPU seconds."""

    input_bytes: int = 0
    articles: int = 0
    output_bytes: int = 0
    cpu_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """What so many bytes of archives are going to cost; ``learned_from``: bytes from which that is known, 0: a first guess."""

    articles: float
    output_bytes: float
    cpu_seconds: float
    learned_from: int


def cost_of(receipt: Receipt) -> Cost:
    """What one shard cost."""
    run = receipt.run
    output = sum(stored.size_bytes for stored in receipt.objects)
    seconds = run["extraction_cpu_seconds"] + run["other_cpu_seconds"]
    # A shard that went on after parts of an earlier try tells the cost of the rest only.
    is_whole = not run["resumed_parts"]
    return Cost(receipt.shard.pressed_bytes, receipt.counts.articles, output, seconds) if is_whole else Cost()


def add_costs(costs: Iterable[Cost]) -> Cost:
    """The sum."""
    total = (0, 0, 0, 0.0)
    for one in costs:
        total = (total[0] + one.input_bytes, total[1] + one.articles, total[2] + one.output_bytes, total[3] + one.cpu_seconds)
    return Cost(*total)


def forecast(known: Cost, bytes_to_press: int) -> Forecast:
    """What is to come: the known cost a byte, times the bytes; with nothing known a first guess."""
    if not known.input_bytes:
        gigabytes = bytes_to_press / GB
        output = bytes_to_press * FIRST_GUESS_OUTPUT
        return Forecast(gigabytes * FIRST_GUESS_ARTICLES, output, gigabytes * FIRST_GUESS_CPU_SECONDS, 0)
    share = bytes_to_press / known.input_bytes
    return Forecast(known.articles * share, known.output_bytes * share, known.cpu_seconds * share, known.input_bytes)
