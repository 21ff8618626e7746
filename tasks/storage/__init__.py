"""Bytes on object storage or in a folder: the only place that knows fsspec and s3fs."""

from tasks.storage.addresses import expand, open_object, open_store
from tasks.storage.base import NotFound, ObjectInfo, Store, check_writable

__all__ = ["NotFound", "ObjectInfo", "Store", "check_writable", "expand", "open_object", "open_store"]
