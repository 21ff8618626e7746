"""The net adds whole numbers: the same probabilities in whatever order a processor adds."""

import json

import numpy as np
import pytest

from tasks.blocks.net import MAX_DEVIATIONS, dump_net, load_net, net_version, quantise

RANDOM = np.random.default_rng(7)


def made_net(inputs: int = 40, units: int = 9):
    weights = RANDOM.normal(scale=0.2, size=(inputs, units)), RANDOM.normal(size=units)
    return quantise(RANDOM.normal(size=inputs), RANDOM.uniform(0.5, 2, inputs), weights, (RANDOM.normal(size=units), 0.3)), weights


def test_whole_numbers_come_near_the_trained_net():
    features = RANDOM.normal(size=(300, 40)).astype(np.float32)
    net, (weights, bias) = made_net()
    inputs = np.clip((features - net.centre) / net.spread, -MAX_DEVIATIONS, MAX_DEVIATIONS)
    hidden = np.maximum(inputs @ weights + bias, 0)
    exact = 1 / (1 + np.exp(-(hidden @ (net.output_weights * net.output_scale * 256) + net.output_bias)))
    assert np.abs(net.probabilities(features) - exact).max() < 0.05


@pytest.mark.parametrize("name", ["first_look", "second_look"])
def test_the_order_of_adding_does_not_matter(name):
    net = load_net(name)
    features = RANDOM.normal(scale=3, size=(200, len(net.centre))).astype(np.float32)
    order = RANDOM.permutation(len(net.centre))
    turned = net._replace(centre=net.centre[order], spread=net.spread[order], hidden_weights=net.hidden_weights[order])
    assert np.array_equal(turned.probabilities(features[:, order]), net.probabilities(features))
    one_by_one = np.concatenate([net.probabilities(features[row : row + 1]) for row in range(len(features))])
    assert np.array_equal(one_by_one, net.probabilities(features))


@pytest.mark.parametrize("name", ["first_look", "second_look"])
def test_the_largest_sum_of_a_packaged_net_is_exact_in_its_float(name):
    net = load_net(name)
    assert np.array_equal(net.hidden_weights, np.rint(net.hidden_weights))
    assert np.abs(net.hidden_weights).sum(0).max() * 64 < 2**24
    assert np.abs(net.output_weights).sum() * 16 * 256 < 2**53


def test_a_net_is_read_as_it_was_written():
    net, _ = made_net()
    assert json.loads(dump_net(net))["hidden_weights"] == net.hidden_weights.astype(int).tolist()


def test_versions_tell_nets_apart():
    assert len({net_version("first_look"), net_version("second_look"), net_version("first_look", "second_look")}) == 3
