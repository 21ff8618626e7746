"""Which options a class of Dask clusters takes, learned from its own signature, so that a misspelt one is found before any work."""

import importlib
import inspect
import os
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any

from distributed import LocalCluster, Nanny, Scheduler, Worker
from distributed.deploy.cluster import Cluster
from distributed.deploy.spec import SpecCluster

from tasks.errors import FixTheRun

# What has to be installed beside Dask, by the beginning of the class's name.
PACKAGES = {"dask_jobqueue": "dask-jobqueue", "dask_kubernetes": "dask-kubernetes", "distributed.SSHCluster": "asyncssh"}
IN_A_POD = "/var/run/secrets/kubernetes.io/serviceaccount/token"
# Options that are mappings of options themselves, and whose. SSHCluster takes the number of workers a host out of them.
NESTED: dict[str, tuple[tuple[type, ...], set[str]]] = {
    "worker_options": ((Worker, Nanny), {"n_workers"}),
    "scheduler_options": ((Scheduler,), set()),
}


def find_class(class_path: str) -> Callable[..., Any]:
    """The class of a cluster by its dotted name; raises FixTheRun, which says what to install where that is the cause."""
    for beginning, package in PACKAGES.items():
        if class_path.startswith(beginning) and not find_spec(package.replace("-", "_")):
            raise FixTheRun(f"{class_path} needs a package that is not installed: pip install {package}")
    module, _, name = class_path.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise FixTheRun(f"there is no class {class_path!r} ({error}): check its name, or install its package") from error
    except Exception as error:  # a module of someone else, which may raise anything while it is imported
        # Only its kind: the text of a foreign error may hold a secret.
        raise FixTheRun(f"{module} cannot be imported ({type(error).__name__}): try `python -c 'import {module}'`") from error
    if not callable(found):
        raise FixTheRun(f"{class_path} is no class of clusters")
    called: Callable[..., Any] = found
    return called


def check_options(made: Callable[..., Any], options: Mapping[str, Any]) -> None:
    """Refuse options that the class does not take; raises FixTheRun. Of a class that nobody here knows any may be right."""
    taken = _taken(made)
    if taken is not None:
        _refuse_others(made.__name__, options, taken)
    for name, (classes, more) in NESTED.items():
        nested = options.get(name)
        if nested is not None and not isinstance(nested, dict):
            raise FixTheRun(f"{made.__name__}: {name} has to be a mapping of options, it is {nested!r}")
        if nested:
            _refuse_others(f"{made.__name__}: {name}", nested, _names_of(classes) | more)


def takes_security(made: Callable[..., Any]) -> bool:
    """Whether certificates can be given to the class."""
    return "security" in (_taken(made) or ())


def can_scale(made: Callable[..., Any]) -> bool:
    """Whether the number of workers can be said; SSHCluster, a function, has those of its hosts."""
    return isinstance(made, type)


def can_adapt(made: Callable[..., Any]) -> bool:
    """Whether a rule of our own can say how many workers there should be."""
    return isinstance(made, type) and "Adaptive" in inspect.signature(made.adapt).parameters  # type: ignore[attr-defined]


def check_here(made: Callable[..., Any]) -> None:
    """See that this machine can reach the queue or the Kubernetes that the class is for; raises FixTheRun."""
    command = str(getattr(getattr(made, "job_cls", None), "submit_command", None) or "").split()
    if command and not which(command[0]):
        raise FixTheRun(f"{made.__name__} needs the command {command[0]}: start the run on a machine that has it")
    if made.__module__.startswith("dask_kubernetes."):
        named = os.environ.get("KUBECONFIG", "~/.kube/config").split(":")
        if not any(Path(name).expanduser().is_file() for name in (*named, IN_A_POD)):
            raise FixTheRun(f"{made.__name__} needs {named[0]}: start the run where kubectl works, or in a pod that may ask")


def _refuse_others(where: str, options: Iterable[Any], taken: set[str]) -> None:
    for name in options:
        if name not in taken:
            close = get_close_matches(str(name), taken, 1)
            raise FixTheRun(f"{where} takes no option {name!r}" + (f", do you mean {close[0]!r}?" if close else ""))


def _taken(made: Callable[..., Any]) -> set[str] | None:
    """Names of all options, those that are handed on included; None where it cannot be known."""
    own = inspect.signature(made).parameters.values()
    names = {each.name for each in own if each.kind is not each.VAR_KEYWORD}
    if all(each.kind is not each.VAR_KEYWORD for each in own):
        return names
    if not isinstance(made, type):
        return names | _names_of((SpecCluster,)) if made.__module__.startswith("distributed.") else None
    if issubclass(made, LocalCluster):
        return names | _names_of((Worker, Nanny))
    if hasattr(made, "job_cls"):
        return names | _names_of(made.job_cls.__mro__)
    return names | _names_of((Cluster,)) if made.__module__.startswith("dask_kubernetes.") else None


def _names_of(classes: Iterable[type]) -> set[str]:
    names = {
        each.name for one in classes for each in inspect.signature(one).parameters.values() if each.kind is not each.VAR_KEYWORD
    }
    return names - {"args", "self"}
