"""Types of columns as `datasets` writes them into a card: of JSON lines it would guess them from the first lines alone."""

from typing import Any

import pyarrow as pa

NAMES = {"double": "float64", "float": "float32"}


def features_of(schema: pa.Schema) -> list[dict[str, Any]]:
    """The list below ``dataset_info: features:`` for the fields of a schema."""
    return [{"name": field.name, **_kind(field.type)} for field in schema]


def _kind(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_list(kind):
        inner = kind.value_type
        return {"list": features_of(pa.schema(list(inner))) if pa.types.is_struct(inner) else _name(inner)}
    return {"dtype": _name(kind)}


def _name(kind: pa.DataType) -> str:
    return NAMES.get(str(kind), str(kind))
