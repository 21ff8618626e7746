"""Bytes on object storage or in a folder: the only place that knows fsspec and s3fs."""

from tasks.storage.addresses import expand, folder_of, is_glob, open_object, open_store, short_name
from tasks.storage.base import NotFound, ObjectInfo, Refused, Store, check_writable, shown

__all__ = [
    "NotFound",
    "ObjectInfo",
    "Refused",
    "Store",
    "check_writable",
    "expand",
    "folder_of",
    "is_glob",
    "open_object",
    "open_store",
    "short_name",
    "shown",
]
