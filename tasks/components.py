"""Extractors, filters and sources by name: the file name is the name on the command line."""

import importlib
import pkgutil
from types import ModuleType

from tasks.errors import FixTheRun


def component_names(kind: str) -> list[str]:
    """Names of all components of a kind (``extractors``, ``filters``), sorted."""
    package = importlib.import_module(f"tasks.{kind}")
    return sorted(found.name for found in pkgutil.iter_modules(package.__path__) if not found.name.startswith("_"))


def load_component(kind: str, name: str) -> ModuleType:
    """Import one component; raises FixTheRun that lists the names there are."""
    names = component_names(kind)
    if name not in names:
        raise FixTheRun(f"there is no {name!r} among the {kind}: choose from {', '.join(names)}")
    return importlib.import_module(f"tasks.{kind}.{name}")
