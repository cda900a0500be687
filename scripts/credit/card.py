#!/usr/bin/python3
"""Writes a model card beside each model file: what the model is worth on the validation split, and what it is not.

    card.py --data DIR --binary build/zhiliand --models models [MODEL ...]

Scores, probabilities and grades are those of `zhiliand credit rate`. The model in floating point is trained again
(the same to the last bit) for the comparison. Intervals are 95 % of 1,000 bootstrap samples of the rows.
"""

import argparse
import csv
import io
import json
import subprocess

import numpy as np

import sets
import train

SAMPLES = 1000

ATTRIBUTION = {
    "polish": "UCI ML Repository 365, \"Polish companies bankruptcy data\", S. Tomczak, doi 10.24432/C5F600 (CC BY 4.0); Zieba, Tomczak & "
    "Tomczak 2016, Expert Systems with Applications 58, 93-101. Changes: exact duplicates dropped, columns renamed, split, row ids.",
    "sba": "Li, Mickel & Taylor 2018, Journal of Statistics Education 26(1), doi 10.1080/10691898.2018.1434342; loan records of the US Small "
    "Business Administration (US government work, FOIA). Changes: two samples merged, names removed, weights, split, row ids.",
    "us": "Lombardo et al. 2022, Future Internet 14(8) 244, doi 10.3390/fi14080244, sowide/bankruptcy_dataset (CC BY 4.0). Changes: 77,332 of "
    "78,682 firm-years, columns renamed, split, row ids.",
}

SPLIT = {
    "polish": "by a hash of the 64 raw values: about 60 % training, 15 % validation, 25 % held out and not used here",
    "sba": "by a hash of the row id: about 60 % training, 15 % validation, 25 % held out and not used here; fiscal years 1990-2006. "
    "All figures are weighted by `w` to the natural prevalence",
    "us": "in time: training up to 2011, validation 2012-2014, later years held out and not used here. Firms recur across the splits",
}

POOLED_LIMIT = ("- The two Polish sets may hold statements of the same firm at different distances from failure; nothing in them says which. No row of one equals a "
                "row of the other. When, of each scored row, the nearest row of the other set was left out, and of bad rows the nearest five, cross-validation kept "
                "nine tenths (polish1) and more than half (polish5) of what the other set adds, with a fifth less of it.")

LIMITS = {
    "polish": [
        "Polish firms of 2000-2013: the calibration says nothing about firms of another country or time. A demonstration.",
        "Some of what the left-out columns told was real (A27 covers interest): the honest figures are on the low side.",
        "More is coded by outcome than has been left out: A22 and A42 are exactly 0 in a tenth of the good rows and in one bad row of 385, whether A07 "
        "equals A24 or A39 equals A56 tells the outcome, and so does whether A09 fits the turnover ratios of the same row. Eight such equalities alone reach an AUC of "
        "0.90 (polish1) and 0.92 (polish5) in cross-validation. No difference of columns is made into a feature, for it would read just that.",
    ],
    "sba": [
        "US loans of 1990-2006. Out of time the same kind of model loses 0.06 of AUC, and in 2007-2010 losses were higher than it says: "
        "recalibrate before use.",
        "`term_LEAKY` (overwritten after the outcome), `approval_fy`, `approval_month`, `src` and `w` are not read.",
        "The time to default is not in the data. A horizon of 60 months is an assumption; grades rest on it.",
        "`new_exist` marks young firms down by construction; the tables of codes are averages of groups, not of the firm.",
    ],
    "us": [
        "Listed US firms with a market value: most SMEs have none.",
        "Only the last statement before a filing counts as bad. Calibrated to the mean of 1999-2011.",
        "The years after 2011 are calmer than those before; expect more defaults than this validation in a recession.",
    ],
}


def weighted_auc(positive, negative):
    below = np.cumsum(negative) - negative
    return (positive * (below + negative / 2)).sum() / (positive.sum() * negative.sum())


class Sample:
    """Outcomes, weights and predictions, ready for resampling."""

    def __init__(self, outcome, weight, pd):
        self.outcome, self.weight, self.pd = outcome, weight, pd
        self.levels, self.level = np.unique(pd, return_inverse=True)

    def split(self, weight):
        count = len(self.levels)
        return (np.bincount(self.level, weight * self.outcome, count), np.bincount(self.level, weight * (1 - self.outcome), count))

    def figures(self, weight):
        positive, negative = self.split(weight)
        ks = np.abs(np.cumsum(positive) / positive.sum() - np.cumsum(negative) / negative.sum()).max()
        brier = np.average((self.outcome - self.pd) ** 2, weights=weight)
        return np.array([weighted_auc(positive, negative), ks, brier])

    def with_intervals(self):
        random, size = np.random.default_rng(1), len(self.pd)
        drawn = [self.figures(self.weight * np.bincount(random.integers(0, size, size), minlength=size)) for _ in range(SAMPLES)]
        return self.figures(self.weight), np.percentile(drawn, [2.5, 97.5], axis=0)


def rate(binary, path, rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    done = subprocess.run([binary, "credit", "rate", path, "-"], input=text.getvalue(), capture_output=True, text=True, check=True)
    return list(csv.DictReader(io.StringIO(done.stdout)))


def interval(bad, count):
    """Wilson's 95 % interval of a rate."""
    if count == 0:
        return 0.0, 1.0
    z, p = 1.959964, bad / count
    middle, width = p + z * z / (2 * count), z * np.sqrt(p * (1 - p) / count + z * z / (4 * count * count))
    return max(0.0, (middle - width) / (1 + z * z / count)), (middle + width) / (1 + z * z / count)


def grade_table(scale, ratings, sample):
    lines = ["| grade | rows | mean PD % | observed % | 95 % interval |", "|---|---|---|---|---|"]
    for grade in [g["name"] for g in scale["grades"]]:
        chosen = np.array([r["grade"] == grade for r in ratings])
        if not chosen.any():
            continue
        weight = sample.weight[chosen]
        mean, observed = np.average(sample.pd[chosen], weights=weight), np.average(sample.outcome[chosen], weights=weight)
        effective = weight.sum() ** 2 / (weight**2).sum()
        low, high = interval(observed * effective, effective)
        lines.append(f"| {grade} | {chosen.sum()} | {100 * mean:.2f} | {100 * observed:.2f} | {100 * low:.2f} to {100 * high:.2f} |")
    return lines


def reason_table(ratings, sample):
    riskiest = np.argsort(-sample.pd, kind="stable")[: max(len(sample.pd) // 10, 1)]
    first = {}
    for i in riskiest:
        code = ratings[i]["reasons"].split(";")[0].split(":")[0]
        first[code] = first.get(code, 0) + 1
    lines = ["| reason | first among the riskiest tenth |", "|---|---|"]
    return lines + [f"| {code} | {100 * count / len(riskiest):.0f} % |" for code, count in sorted(first.items(), key=lambda c: (-c[1], c[0]))]


def segments(data, rows, sample):
    if data == "sba":
        chosen = {"existing business": [r["new_exist"] == "1" for r in rows], "new business": [r["new_exist"] == "2" for r in rows],
                  "urban": [r["urban_rural"] == "1" for r in rows], "rural": [r["urban_rural"] == "2" for r in rows]}
    elif data == "us":
        values = np.array([float(r["market_value"] or 0) for r in rows])
        chosen = {"smaller half by market value": values < np.median(values), "larger half": values >= np.median(values)}
    else:
        return []
    lines = ["", "## Segments", "", "| segment | rows | AUC | mean PD % | observed % |", "|---|---|---|---|---|"]
    for name, marks in chosen.items():
        marks = np.array(marks)
        part = Sample(sample.outcome[marks], sample.weight[marks], sample.pd[marks])
        lines.append(f"| {name} | {marks.sum()} | {part.figures(part.weight)[0]:.3f} | {100 * np.average(part.pd, weights=part.weight):.2f} | "
                     f"{100 * np.average(part.outcome, weights=part.weight):.2f} |")
    return lines


def stability(scores, validation):
    """Population stability index of the score over the tenths of the training split."""
    edges = np.quantile(scores, np.linspace(0.1, 0.9, 9))
    shares = [np.bincount(np.searchsorted(edges, s, side="right"), minlength=10) / len(s) for s in (scores, validation)]
    expected, actual = (np.maximum(share, 1e-4) for share in shares)
    return float(((actual - expected) * np.log(actual / expected)).sum())


def unbounded(fitted, rows, sample):
    """Boosted trees without the bound of 100, on the same features: what the bound costs."""
    plan = dict(fitted.prepared.plan, rounds=400, eta=0.05)
    plan.pop("attributes", None)
    prepared = fitted.prepared
    card, prepared.card = prepared.card, False
    matrix = train.ranks_of(fitted.grids, prepared.values)
    chosen = list(range(len(prepared.features)))
    booster = train.fit(prepared, matrix, np.arange(len(matrix)), chosen, plan)
    prepared.card = card
    return Sample(sample.outcome, sample.weight, train.margins(booster, fitted.matrix(rows), chosen)).figures(sample.weight)[0]


def write_card(folder, binary, models, name):
    plan = train.MODELS[name]
    prepared = train.Prepared(folder, plan)
    content, fitted = train.draft(name, plan, prepared)
    path = f"{models}/{name}.model.json"
    document = json.load(open(path))
    data, kind = plan["data"], "scorecard" if prepared.card else "ensemble"
    family = "polish" if data.startswith("polish") else data
    rows = sets.read(folder, data, "valid")
    ratings = rate(binary, path, rows)
    sample = Sample(np.array([int(r["y"]) for r in rows]), np.array([float(r.get("w", 1)) for r in rows]),
                    np.array([int(r["pd_ppm"]) for r in ratings]) / 1e6)
    figures, intervals = sample.with_intervals()
    floats = Sample(sample.outcome, sample.weight, fitted.margins(rows)).figures(sample.weight)[0]
    scores = np.array([int(r["score"]) for r in ratings])
    old = np.array([int(r["score"]) for r in rate(binary, path, sets.read(folder, data, "train"))])
    model = document["model"]
    what = f"{len(model['ensemble'])} trees of depth 4" if kind == "ensemble" else f"{len(model['scorecard'])} attributes, points monotone in each"
    lines = [
        f"# {name}", "",
        f"{train.SETS[data]['what']}. {what}, {len(model['features'])} features from {len(model['inputs'])} columns. Horizon {model['horizon_months']} months. "
        + variant(family, plan),
        "", "| digest of | |", "|---|---|",
        *(f"| {part} | `{document['digests'][part]}` |" for part in ("model", "calibration", "scale")),
        "", "## On the validation split", "",
        f"{len(rows)} rows, {sample.outcome.sum()} bad, rated by `zhiliand credit rate`. They took no part in training, in the calibration, or in the search for hyper-parameters and features. " + looks(data), "",
        "| figure | value | 95 % interval |", "|---|---|---|",
        *(f"| {label} | {figures[i]:.{digits}f} | {intervals[0][i]:.{digits}f} to {intervals[1][i]:.{digits}f} |"
          for i, (label, digits) in enumerate((("AUC", 4), ("KS", 4), ("Brier", 5)))),
        f"| AUC out of fold in the training split, {train.FOLDS} folds | {fitted.unseen:.4f} | |",
        f"| AUC in integers less AUC in floating point | {figures[0] - floats:+.5f} | |",
        *([f"| AUC of 400 trees in floating point, same features | {unbounded(fitted, rows, sample):.4f} | |"] if kind == "ensemble" else []),
        f"| mean PD, observed rate | {100 * np.average(sample.pd, weights=sample.weight):.2f} %, {100 * np.average(sample.outcome, weights=sample.weight):.2f} % | |",
        f"| stability of the score (PSI, training to validation) | {stability(old, scores):.3f} | |",
        "", "## Calibration", "",
        f"Slope and offset come from {document['calibration']['basis']}. No grade is better than for "
        f"{document['calibration']['grade_floor_ppm'] / 1e4:.3f} %: three in the number of training rows.", "",
        *grade_table(document["scale"], ratings, sample),
        "", "## Reasons", "",
        ("Points lost against the best that an attribute gives" if kind == "scorecard" else
         "On each tree's way the mean of the training rows moves; moves are added up by reason (path attribution, not Shapley values)") + ".", "",
        *reason_table(ratings, sample),
        *segments(data, rows, sample),
        "", "## Data", "", f"{ATTRIBUTION[family]}", "", f"Split {SPLIT[family]}.", "",
        "## Limits", "", *(f"- {line}" for line in LIMITS[family]),
        *(["- Five years are not one: grades use the master scale for 60 months, in which a grade has the hazard that it has in one year."] if model["horizon_months"] == 60 else []),
        *([POOLED_LIMIT] if plan.get("pool") else []),
        *([published_limit()] if plan.get("published") else []),
    ]
    with open(f"{models}/{name}.md", "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    print(f"{name}: AUC {figures[0]:.4f}, integers less floats {figures[0] - floats:+.5f}")
    assert abs(figures[0] - floats) < 0.0005
    return f"| [{name}]({name}.md) | {train.SETS[data]['what']} | {model['horizon_months']} months | {figures[0]:.4f} ({intervals[0][0]:.4f} to {intervals[1][0]:.4f}) |"


HEAD = ["| model | what it rates | horizon | AUC |", "|---|---|---|---|"]


def write_list(models, lines):
    """Puts the table of all models into their README."""
    with open(f"{models}/README.md", encoding="utf-8") as file:
        parts = file.read().split("\n\n")
    place = next(i for i, part in enumerate(parts) if part.startswith("|") or part == "TABLE")
    parts[place] = "\n".join(HEAD + lines)
    with open(f"{models}/README.md", "w", encoding="utf-8") as file:
        file.write("\n\n".join(parts))


# How often cards have been written of the models of a set with figures that had not been seen before.
LOOKS = {"polish1": 3, "polish5": 3, "sba": 2, "us": 1}


def looks(data):
    earlier = LOOKS[data] - 1
    return "It was read for this card" + (f", and for the cards of {earlier} earlier version{'s' if earlier > 1 else ''} of models of this set" if earlier else "") + "."


def variant(family, plan):
    if plan.get("published"):
        return "As the literature trains it: with all 64 columns and with what a missing value gives away. Not for use; see limits."
    if family == "polish":
        pooled = (" Trees are fitted to the training rows of both Polish sets, each set from its own rate: failure within five years and within one look much "
                  "alike, and each set has few. Cross-validation, calibration and figures are of this set's rows only." if plan.get("pool") else "")
        return ("The honest variant. Missing values were coded otherwise for bankrupt firms: A11, A21, A27 and A37 are left out, and the training "
                "median stands in for each other missing value. Whether A36 equals A09 tells the outcome too (both are sales to assets; equal in "
                "2,230 training rows of polish1, of which 0.3 % are bad, against 7.6 % of the others): A36 is left out." + pooled)
    return "No column that was written after the outcome is read."


def published_limit():
    return ("- **Leaks.** In A11, A21, A27 and A37, in missing values, and in whether A36 equals A09 the coding differs for firms that went bankrupt. The figures compare with "
            "published ones and promise nothing for a firm whose outcome is not known yet. Use the honest variant.")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", required=True)
    arguments.add_argument("--binary", default="build/zhiliand")
    arguments.add_argument("--models", default="models")
    arguments.add_argument("names", nargs="*", metavar="MODEL")
    given = arguments.parse_args()
    lines = [write_card(given.data, given.binary, given.models, name) for name in given.names or train.MODELS]
    if not given.names:
        write_list(given.models, lines)


if __name__ == "__main__":
    main()
