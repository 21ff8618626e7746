"""Settings of S3 and Prefect that no test leaves to another."""

import pytest
import s3fs


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Settings of S3 are read when a connection is made: none is left of before."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    s3fs.S3FileSystem.clear_instance_cache()
    yield
    s3fs.S3FileSystem.clear_instance_cache()
