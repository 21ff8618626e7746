"""A cluster as a file: which class of Dask clusters, with which options, or the address of a scheduler; checked before any work."""

from pathlib import Path
from typing import Any

import dask
import yaml
from distributed.security import Security
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from flows.cluster_options import can_adapt, can_scale, check_options, find_class, takes_security
from tasks.errors import FixTheRun


class Adapting(BaseModel):
    """How many workers there are at least and at most."""

    model_config = ConfigDict(extra="forbid")

    minimum: int = Field(default=1, ge=1)
    maximum: int = Field(ge=1)

    @model_validator(mode="after")
    def _ordered(self) -> "Adapting":
        if self.maximum < self.minimum:
            raise ValueError("maximum is less than minimum")
        return self


class Tls(BaseModel):
    """Names of the files with certificates: of the authority, our own, and its key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ca: str
    cert: str
    key: str

    def security(self) -> Security:
        """For Dask: nothing is sent unencrypted, and nobody is let in whom the authority did not sign; raises FixTheRun."""
        pairs = {
            f"tls_{role}_{kind}": getattr(self, kind) for role in ("client", "scheduler", "worker") for kind in ("cert", "key")
        }
        security = Security(require_encryption=True, tls_ca_file=self.ca, **pairs)
        try:
            security.get_connection_args("client")
        except OSError as error:  # an ssl.SSLError is one
            raise FixTheRun(f"the certificates {self.ca}, {self.cert} and {self.key} do not fit together: {error}") from error
        return security


class ClusterFile(BaseModel):
    """What may stand in the file; its keys are the names of the fields."""

    model_config = ConfigDict(extra="forbid")

    class_path: str = Field(default="", alias="class")
    options: dict[str, Any] = {}
    workers: int | None = Field(default=None, ge=1, le=10_000)
    adaptive: Adapting | None = None
    address: str = Field(default="", pattern="^$|^[a-z]+://")
    tls: Tls | None = None
    dask: dict[str, str | int | float | bool | None] = {}
    wait_seconds: float = Field(default=60, gt=0)

    @field_validator("dask")
    @classmethod
    def _known(cls, settings: dict[str, Any]) -> dict[str, Any]:
        for name in settings:
            if name.startswith("distributed.") and dask.config.get(name, default=cls) is cls:
                raise ValueError(f"Dask has no setting {name!r}")
        return settings

    @model_validator(mode="after")
    def _one_way(self) -> "ClusterFile":
        if bool(self.class_path) == bool(self.address):
            raise ValueError("it needs either `class`, a cluster to start, or `address`, a scheduler that runs")
        if self.address and (self.options or self.workers or self.adaptive):
            raise ValueError("`options`, `workers` and `adaptive` are for clusters that are started; this one has an address")
        if self.workers and self.adaptive:
            raise ValueError("`workers` is a fixed number, `adaptive` a changing one: it needs one of them")
        if self.address.startswith("tls://") != bool(self.tls) and self.address:
            raise ValueError("an address that begins with tls:// needs `tls` with ca, cert and key, and any other has none")
        return self

    @property
    def scales(self) -> bool:
        """Whether this file's class can be told how many workers to have."""
        return can_scale(find_class(self.class_path))


def read_cluster_file(path: Path) -> ClusterFile:
    """The file, checked against the signature of its class; nothing is started; raises FixTheRun in one line."""
    try:
        read = ClusterFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        if read.class_path:
            _check_class(read)
        return read.model_copy(update={"tls": _found(read.tls, path.parent)})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        why = first["msg"].removeprefix("Value error, ")
        raise FixTheRun(f"cluster file {path}: {where + ': ' if where else ''}{why}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError, FixTheRun) as error:
        raise FixTheRun(f"cluster file {path}: {' '.join(str(error).split())}") from error


def _check_class(read: ClusterFile) -> None:
    made = find_class(read.class_path)
    check_options(made, read.options)
    if read.workers and not can_scale(made):
        raise FixTheRun(f"{read.class_path} has the workers of its hosts: take `workers` out")
    if read.adaptive and not can_adapt(made):
        raise FixTheRun(f"{read.class_path} cannot be adaptive here: say `workers`")
    if read.tls and not takes_security(made):
        raise FixTheRun(f"{read.class_path} takes no certificates: take `tls` out, and keep its traffic in a private network")


def _found(tls: Tls | None, folder: Path) -> Tls | None:
    """Names of certificates seen from the file's folder, and that they are there; raises FixTheRun."""
    if not tls:
        return None
    names = {kind: str((folder / Path(name).expanduser()).absolute()) for kind, name in tls}
    for kind, name in names.items():
        if not Path(name).is_file():
            raise FixTheRun(f"tls: there is no file {name} ({kind})")
    return Tls(**names)
