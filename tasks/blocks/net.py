"""The net that says how likely a block is part of the article: small, and exact on every machine.

Inputs and weights are whole numbers, small enough that their sums have no rounding: whatever order a processor adds them
in, the same page gives the same probabilities, so that a corpus does not depend on where it was pressed.
"""

import hashlib
import json
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Table = npt.NDArray[Any]
# Standardised inputs are cut at four deviations and counted in sixteenths: -64 to 64.
MAX_DEVIATIONS, INPUT_STEPS = 4.0, 16
# Hidden values are cut at 16 and counted in 256ths; weights are whole numbers from -127 to 127 times a scale.
MAX_HIDDEN, HIDDEN_STEPS = 16.0, 256
WEIGHT_STEPS = 127
PROBABILITY_DIGITS = 6
# Larger products wake the threads of the library below numpy, which then spin: twice the CPU time for the whole process.
ROWS_AT_ONCE = 12


class Net(NamedTuple):
    """One hidden layer: ``centre`` and ``spread`` of the inputs, whole-number weights with a scale a unit, biases."""

    centre: Table
    spread: Table
    hidden_weights: Table
    hidden_scale: Table
    hidden_bias: Table
    output_weights: Table
    output_scale: float
    output_bias: float

    def probabilities(self, features: Table) -> Table:
        """How likely each row is kept, 0 to 1, for ``features`` as block_features gives them."""
        inputs = np.rint(np.clip((features - self.centre) / self.spread, -MAX_DEVIATIONS, MAX_DEVIATIONS) * INPUT_STEPS)
        # 64 x 127 x a few hundred inputs stays below 2^24: whole numbers that float32 holds exactly.
        sums = [inputs[row : row + ROWS_AT_ONCE] @ self.hidden_weights for row in range(0, len(inputs), ROWS_AT_ONCE)]
        hidden = np.concatenate(sums) * self.hidden_scale + self.hidden_bias
        steps = np.rint(np.clip(hidden, 0, MAX_HIDDEN) * HIDDEN_STEPS).astype(np.float64)
        logits = (steps @ self.output_weights) * self.output_scale + self.output_bias
        found: Table = np.round(1 / (1 + np.exp(-logits)), PROBABILITY_DIGITS)
        return found


def quantise(centre: Table, spread: Table, hidden: tuple[Table, Table], output: tuple[Table, float]) -> Net:
    """Round a trained net (weights and bias of each layer) to whole numbers."""
    scale = np.abs(hidden[0]).max(axis=0) / WEIGHT_STEPS + 1e-12
    output_scale = float(np.abs(output[0]).max() / WEIGHT_STEPS)
    return Net(
        centre.astype(np.float32),
        spread.astype(np.float32),
        np.rint(hidden[0] / scale).astype(np.float32),
        (scale / INPUT_STEPS).astype(np.float32),
        hidden[1].astype(np.float32),
        np.rint(output[0] / output_scale).astype(np.float64),
        output_scale / HIDDEN_STEPS,
        float(output[1]),
    )


def dump_net(net: Net) -> str:
    """A net as JSON, for the package."""
    whole = {name: value.astype(int) for name, value in net._asdict().items() if name.endswith("weights")}
    listed = {name: np.asarray(value).tolist() for name, value in {**net._asdict(), **whole}.items()}
    return json.dumps(listed, separators=(",", ":")) + "\n"


def _packed(name: str) -> bytes:
    return files("tasks.blocks").joinpath(f"{name}.json").read_bytes()


def net_version(*names: str) -> str:
    """What tells the nets of one release from those of another."""
    return f"net-{hashlib.sha256(b''.join(_packed(name) for name in names)).hexdigest()[:12]}"


@lru_cache(maxsize=2)
def load_net(name: str) -> Net:
    """A net of the package: ``first_look`` or ``second_look``."""
    read = json.loads(_packed(name))
    arrays = {name: np.array(value, np.float32) for name, value in read.items() if isinstance(value, list)}
    arrays["output_weights"] = arrays["output_weights"].astype(np.float64)
    return Net(**{**read, **arrays})
