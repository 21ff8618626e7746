"""Where what is kept of the corpus between editions lies, below state/curated/, and what is needed while one is made alone.

- batches/<batch>.json: a batch was looked at
- articles/<batch>.parquet: its articles, a line each, by time
- bands/<band>/<batch>.parquet: their buckets in a band, by key
- joins/<join>/<band>-<n>.parquet: pairs that are alike, found when that join was made; note.json: of which batches
- lines/<bucket>/<batch>.parquet: lines that may be furniture of their site, by site
- rows/<month>/<batch>-<n>.parquet: whole articles by month, until an edition has them
- work/<work>/...: clusters and cuts of the edition that is being made
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tasks.dedup.bands import BANDS, SKETCH_BYTES

ROOT = "state/curated/"
ROWS, JOINS, WORK = f"{ROOT}rows/", f"{ROOT}joins/", f"{ROOT}work/"
UNDATED = "undated"
LINE_BUCKETS = 64

# Bands of signatures by number, and of what makes two articles the same without any look at the text.
TEXT_BAND, PAYLOAD_BAND, ADDRESS_BAND = "text", "payload", "address"
ALL_BANDS = (*(f"{number:02d}" for number in range(BANDS)), TEXT_BAND, PAYLOAD_BAND, ADDRESS_BAND)

# ``node``: first 64 bits of the article's id. ``at``: publication, else capture, microseconds since 1970. ``content``: 64 bits
# that follow from its whole row. ``chars``: of text. ``input``, ``row``: where in the batch's objects it stands.
ARTICLE_FACTS = pa.schema(
    [
        ("node", pa.uint64()),
        ("id", pa.binary(16)),
        ("at", pa.int64()),
        ("captured", pa.int64()),
        ("published", pa.int64()),
        ("content", pa.uint64()),
        ("chars", pa.int32()),
        ("input", pa.int32()),
        ("row", pa.int32()),
    ]
)
# ``text``: 64 bits of the text's digest. ``own``: false where the key is an address that the article only names.
BAND_ROWS = pa.schema(
    [("key", pa.uint64()), ("node", pa.uint64()), ("text", pa.uint64()), ("own", pa.bool_()), ("sketch", pa.binary(SKETCH_BYTES))]
)
# ``sure``: false where the shingles of the two have to be compared.
PAIRS = pa.schema([("one", pa.uint64()), ("other", pa.uint64()), ("sure", pa.bool_())])
# ``content``: of the row that stands for a capture that lies in several archives; 0: it lies in one.
CLUSTERS = pa.schema(
    [
        ("node", pa.uint64()),
        ("content", pa.uint64()),
        ("cluster_id", pa.binary(16)),
        ("cluster_size", pa.int32()),
        ("is_original", pa.bool_()),
    ]
)
# ``story``: the same for all of a cluster. ``content`` as in ``CLUSTERS``.
STORIES = pa.schema([("node", pa.uint64()), ("content", pa.uint64()), ("story", pa.uint64())])
CUTS = pa.schema([("node", pa.uint64()), ("at", pa.int32()), ("rule", pa.string())])
# Stands for a time that is not known, in tables sorted by time: later than all.
NO_TIME = 2**62


def articles_key(batch: str) -> str:
    """The facts of a batch's articles."""
    return f"{ROOT}articles/{batch}.parquet"


def band_key(band: str, batch: str) -> str:
    """A batch's rows of a band."""
    return f"{ROOT}bands/{band}/{batch}.parquet"


def lines_key(bucket: int, batch: str) -> str:
    """A batch's lines of the sites of a bucket."""
    return f"{ROOT}lines/{bucket:02d}/{batch}.parquet"


def rows_key(month: str, batch: str, number: int) -> str:
    """Some whole articles of a batch."""
    return f"{ROWS}{month}/{batch}-{number:03d}.parquet"


def months_of(times: npt.NDArray[np.int64]) -> list[str]:
    """YYYY-MM of times in microseconds since 1970, UTC; ``undated`` where there is none."""
    months = times.astype("datetime64[us]").astype("datetime64[M]").astype(str)
    told: list[str] = np.where(times == NO_TIME, UNDATED, months).tolist()
    return told
