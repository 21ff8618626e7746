"""``python -m tests.training``: the scores on unseen sites, fold by fold, then the nets of the package from all pages."""

import hashlib
import json
import os
import statistics
import sys
from pathlib import Path
from typing import Any

# One thread: the sums of a training step depend on how they are split.
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import tasks.blocks
from tasks.blocks.net import dump_net
from tests.quality.pages import COLLECTIONS, collection, read_pages
from tests.training.examples import Example, read_example
from tests.training.fitting import FOLDS, GRADES, SEED, fit_nets, folds_by_site, nets_in_use, scores, texts_of

PACKAGE = Path(tasks.blocks.__file__).parent


def main() -> None:
    """Write both nets and, beside them, what they were trained on and how good they are."""
    missing = [str(collection(name)) for name in COLLECTIONS if not collection(name).exists()]
    if missing:
        sys.exit(f"the pages to train on are not here: {', '.join(missing)}")
    digests = {name: hashlib.sha256(collection(name).read_bytes()).hexdigest() for name in COLLECTIONS}
    examples = [read_example(name, page) for name in COLLECTIONS for page in read_pages(collection(name))]
    report = {"trained_on_sha256": digests, "pages": len(examples), "seed": SEED, **cross_validate(examples)}
    nets = {name: dump_net(net) for name, net in fit_nets(examples).items()}
    for name, net in nets.items():
        (PACKAGE / f"{name}.json").write_text(net)
    report["nets_sha256"] = {name: hashlib.sha256(net.encode()).hexdigest() for name, net in nets.items()}
    (PACKAGE / "scores.json").write_text(json.dumps(report, indent=1) + "\n")


def cross_validate(examples: list[Example]) -> dict[str, Any]:
    """Scores of every grade with nets that have not seen a page's site: of all pages together, and by fold with their spread."""
    folds = folds_by_site(examples)
    texts: list[dict[str, str]] = [{}] * len(examples)
    for fold in range(FOLDS):
        with nets_in_use(fit_nets([example for example, number in zip(examples, folds, strict=True) if number != fold])):
            for place in (place for place, number in enumerate(folds) if number == fold):
                texts[place] = texts_of(examples[place])
    report = {}
    for grade in GRADES:
        found = [text[grade] for text in texts]
        by_fold = [
            scores(*zip(*[(e, t) for e, t, number in zip(examples, found, folds, strict=True) if number == fold], strict=True))
            for fold in range(FOLDS)
        ]
        spread = {name: round(statistics.stdev(one[name]["f1"] for one in by_fold), 4) for name in by_fold[0]}
        report[grade] = {"all": scores(examples, found), "f1_deviation_over_folds": spread, "folds": by_fold}
        for name, score in report[grade]["all"].items():
            in_folds = " ".join(f"{one[name]['f1']:.4f}" for one in by_fold)
            print(f"{grade:12} {name:18} F1 {score['f1']:.4f}, by fold {in_folds}, deviation {spread[name]:.4f}", flush=True)
    return {"unseen_sites": report}


if __name__ == "__main__":
    main()
