"""Fits the net, and measures it on sites that it has not seen."""

import random
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from tasks.blocks import choice
from tasks.blocks.net import MAX_DEVIATIONS, Net, quantise
from tasks.blocks.second_look import second_features
from tasks.components import load_component
from tests.quality.pages import page_tree
from tests.quality.text_metrics import add_found, find_segments, mean_score, score_text
from tests.training.examples import Example

Nets = dict[str, Net]
GRADES = ("fast", "balanced", "thorough", "trafilatura")
SEED = 0
FOLDS = 5
# Several small nets side by side are one wider net that depends less on where each began.
MEMBERS, UNITS = 3, 32
DECAY, STEPS, RATE, BATCH = 3.0, 20, 2e-3, 512
MIN_SPREAD = 1e-2


def fit_net(examples: Iterable[Example]) -> Net:
    """Train on the labelled blocks of pages; the same examples give the same net."""
    pages = [example for example in examples if len(example.features)]
    features = np.concatenate([page.features[page.labels >= 0] for page in pages])
    labels = np.concatenate([page.labels[page.labels >= 0] for page in pages])
    weights = np.concatenate([page.weights[page.labels >= 0] for page in pages])
    centre, spread = features.mean(0), features.std(0) + MIN_SPREAD
    inputs = np.clip((features - centre) / spread, -MAX_DEVIATIONS, MAX_DEVIATIONS)
    members = [_fit_member(inputs, labels, weights * len(weights) / weights.sum(), SEED + member) for member in range(MEMBERS)]
    return quantise(
        centre,
        spread,
        (np.hstack([m.coefs_[0] for m in members]), np.concatenate([m.intercepts_[0] for m in members])),
        (np.concatenate([m.coefs_[1][:, 0] for m in members]) / MEMBERS, float(np.mean([m.intercepts_[1][0] for m in members]))),
    )


def _fit_member(inputs: np.ndarray, labels: np.ndarray, weights: np.ndarray, seed: int) -> MLPClassifier:
    member = MLPClassifier((UNITS,), alpha=DECAY, max_iter=STEPS, random_state=seed, learning_rate_init=RATE, batch_size=BATCH)
    with warnings.catch_warnings():
        # The number of steps is the guard against learning the sites by heart.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return member.fit(inputs, labels, sample_weight=weights)


def folds_by_site(examples: Sequence[Example], seed: int = SEED) -> list[int]:
    """The fold of each page: all pages of a site in one."""
    sites = sorted({example.site for example in examples})
    random.Random(seed).shuffle(sites)
    fold = {site: number % FOLDS for number, site in enumerate(sites)}
    return [fold[example.site] for example in examples]


def fit_nets(examples: Sequence[Example]) -> Nets:
    """Both looks. The second learns from what first looks say of sites that they have not seen, as it will be."""
    pages = [example for example in examples if len(example.features)]
    folds = folds_by_site(pages)
    judged: list[Example] = []
    for fold in range(FOLDS):
        net = fit_net(page for page, number in zip(pages, folds, strict=True) if number != fold)
        judged += [_judged(page, net) for page, number in zip(pages, folds, strict=True) if number == fold]
    return {"first_look": fit_net(pages), "second_look": fit_net(judged)}


def _judged(page: Example, net: Net) -> Example:
    first = net.probabilities(page.features)
    return page._replace(features=second_features(page.blocks, page.features, first))


@contextmanager
def nets_in_use(nets: Nets) -> Iterator[None]:
    """Let the extractors judge by these nets in place of the package's."""
    packaged = choice.load_net
    choice.load_net = nets.__getitem__  # type: ignore[assignment]
    try:
        yield
    finally:
        choice.load_net = packaged


def texts_of(example: Example) -> dict[str, str]:
    """What every grade of extractor finds on a page, by the nets in use."""
    tree = page_tree(example.page)
    return {grade: load_component("extractors", grade).extract(tree, example.facts, wants_markdown=False).text for grade in GRADES}


def scores(examples: Sequence[Example], texts: Sequence[str]) -> dict[str, dict[str, float]]:
    """F1, precision and recall by collection and over all pages with a gold text (``articles``); F1 of the segments."""
    pairs = list(zip(examples, texts, strict=True))
    gold = [(e.collection, score_text(text, e.page["text"])) for e, text in pairs if "text" in e.page]
    means = {name: mean_score(score for where, score in gold if where == name) for name in sorted({where for where, _ in gold})}
    means["articles"] = mean_score(score for _, score in gold)
    segments = [
        find_segments(text, e.page["segments_with"], e.page["segments_without"]) for e, text in pairs if "text" not in e.page
    ]
    found = {name: {"f1": score.f1, "precision": score.precision, "recall": score.recall} for name, score in means.items()}
    found["articles_segments"] = {"f1": add_found(segments).f1}
    return {name: {measure: round(value, 4) for measure, value in score.items()} for name, score in found.items()}
