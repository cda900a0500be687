#!/usr/bin/python3
"""Trains the models below models/ from shared/data/credit, the same to the last bit each time.

    train.py --data DIR --binary build/zhiliand --out models [MODEL ...]      trains and writes model files
    train.py --data DIR --search MODEL                                       cross-validates hyper-parameters

Needs Debian's python3-sklearn and python3-xgboost. Only the training split is read: hyper-parameters come from
cross-validation on it, the calibration from out-of-fold scores. Trees are trained on the ranks of the rounded
integers, so that each split is exact in integers: a threshold lies half way between two training values.
A scorecard is a sum of stumps (trees of one split), monotone in each feature, added up feature by feature.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import xgboost
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

import sets

SEED = 1
FOLDS = 5
POINTS_TO_DOUBLE_ODDS = 200
CARD_BASE = 2000

OTHER = {"polish1": "polish5", "polish5": "polish1"}

# What the bad event is, within how many months, and what the figures are of.
SETS = {
    "polish1": dict(horizon=60, what="Polish firms, bankrupt within five years of the statement"),
    "polish5": dict(horizon=12, what="Polish firms, bankrupt within one year of the statement"),
    "sba": dict(horizon=60, what="US SBA 7(a) loans approved in fiscal years 1990-2006, charged off"),
    "us": dict(horizon=12, what="US listed firms 1999-2011, last statement before Chapter 7 or 11"),
}

ENSEMBLE = dict(eta=0.1, max_depth=4, subsample=0.8, colsample_bytree=0.5, min_child_weight=2, reg_lambda=1)
STUMPS = dict(eta=0.1, max_depth=1, subsample=0.8, colsample_bytree=0.5, min_child_weight=2, reg_lambda=1)

# Chosen by cross-validation of the training split, with --search and by hand. rounds is the number of trees; attributes how many features a scorecard keeps.
# pool is how much a training row of the other Polish set counts: a firm that fails within five years looks much like
# one that fails within one, and each set has few that do.
PUBLISHED = dict(published=True, eta=0.2, subsample=0.95, min_child_weight=0.5, colsample_bytree=0.8, reg_lambda=0.5)
POLISH_TREES = dict(pool=1, eta=0.12, min_child_weight=1, colsample_bytree=0.8, subsample=0.9)
MODELS = {
    "polish1-ensemble": dict(POLISH_TREES, data="polish1"),
    "polish1-scorecard": dict(data="polish1", attributes=10, known_signs_only=True),
    "polish5-ensemble": dict(POLISH_TREES, data="polish5"),
    "polish5-scorecard": dict(data="polish5", attributes=14, rounds=150, known_signs_only=True),
    "sba-ensemble": dict(data="sba", eta=0.15),
    "sba-scorecard": dict(data="sba", attributes=16, max_bin=40, eta=0.15),
    "us-ensemble": dict(data="us", eta=0.06, min_child_weight=5, colsample_bytree=0.3, reg_lambda=10),
    "us-scorecard": dict(data="us", attributes=14),
    # As the literature trains them: with the four columns, and with what a missing value gives away.
    "polish1-published-ensemble": dict(PUBLISHED, data="polish1"),
    "polish1-published-scorecard": dict(published=True, data="polish1", attributes=14),
    "polish5-published-ensemble": dict(PUBLISHED, data="polish5", max_bin=1024),
    "polish5-published-scorecard": dict(published=True, data="polish5", attributes=14),
}


class Prepared:
    """The training split of a model: its inputs, features, integers, outcomes and weights."""

    def __init__(self, folder, plan):
        self.plan, self.data = plan, plan["data"]
        self.card, self.published = "attributes" in plan, plan.get("published", False)
        rows = sets.read(folder, self.data, "train")
        self.outcome = np.array([int(row["y"]) for row in rows])
        self.weight = np.array([float(row.get("w", 1)) for row in rows])
        self.weight = self.weight / self.weight.mean()
        self.among = {name: np.array([chosen(row) for row in rows]) for name, chosen in sets.AMONG.items()} if self.data == "sba" else {}
        self.fifths = list(StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(rows, self.outcome))
        self.folds = self.divide(rows)
        self.features = self.describe()
        self.inputs = self.describe_inputs(rows)
        self.columns = self.read_columns(rows)
        self.values = [self.integers(item, len(rows)) for item in self.features]
        self.pool = self.read_pool(folder)
        if self.card:
            for item, values in zip(self.features, self.values):
                item["sign"] = item["sign"] or self.direction(values)

    def read_pool(self, folder):
        """Rows of the other Polish set, with this set's features: they are fitted to, and never scored."""
        if not self.plan.get("pool"):
            return None
        rows = sets.read(folder, OTHER[self.data], "train")
        columns, outcome = self.read_columns(rows), np.array([int(row["y"]) for row in rows])
        values = [self.filled(item, sets.evaluate(item, columns, len(rows))) for item in self.features]
        return dict(values=values, outcome=outcome, weight=np.full(len(rows), float(self.plan["pool"])))

    def ranked(self):
        """Grids of all features, and the ranks of the set's own rows on them."""
        if not self.pool:
            grids = [Grid(values) for values in self.values]
            return grids, ranks_of(grids, self.values)
        grids = [Grid(own + other) for own, other in zip(self.values, self.pool["values"])]
        self.pool["ranks"] = ranks_of(grids, self.pool["values"])
        return grids, ranks_of(grids, self.values)

    def divide(self, rows):
        """Parts to train on and parts to choose by: fifths, or, where the split is in time, the years after."""
        if self.data != "us":
            return self.fifths
        years = np.array([int(row["year"]) for row in rows])
        blocks = [(2003, 2005), (2006, 2008), (2009, 2011)]
        return [(np.flatnonzero(years < a), np.flatnonzero((years >= a) & (years <= b))) for a, b in blocks]

    def describe(self):
        if self.data == "us":
            chosen = sets.US_FEATURES
        elif self.data == "sba":
            chosen = sets.SBA_FEATURES + ([] if self.card else sets.SBA_TREE_FEATURES)
        else:
            chosen = sets.polish_features(self.published)
        if self.plan.get("known_signs_only"):
            chosen = [item for item in chosen if item["sign"] != 0]
        return [dict(item) for item in chosen]

    def describe_inputs(self, rows):
        names = sorted({name for item in self.features for name in item["plus"] + item["minus"] + item["over"]})
        inputs = []
        for name in names:
            if self.data == "sba" and name in sets.SBA_CODES:
                inputs.append(dict(name=name, decimals=0, codes=sets.codes_of(rows, name, 20)))
            else:
                inputs.append(dict(name=name, decimals=0 if self.data == "sba" else sets.DECIMALS))
        return inputs

    def read_columns(self, rows):
        columns = {}
        for item in self.inputs:
            texts = [row[item["name"]] for row in rows]
            if "codes" in item:
                places = {code: i for i, code in enumerate(item["codes"])}
                columns[item["name"]] = [places.get(text) for text in texts]
            else:
                columns[item["name"]] = [sets.fixed(text, item["decimals"]) for text in texts]
        return columns

    def integers(self, item, count):
        """A feature in the training rows."""
        decimals = {i["name"]: i["decimals"] for i in self.inputs}
        item["decimals"] = {"table": sets.DECIMALS, "ratio": sets.DECIMALS, "same": 0}.get(item["kind"], decimals[item["plus"][0]])
        if item["kind"] == "table":
            return self.encode(item, range(count))
        values = sets.evaluate(item, self.columns, count)
        self.set_missing(item, values)
        return self.filled(item, values)

    def filled(self, item, values):
        return values if "fill" not in item else [item["fill"] if v is None else v for v in values]

    def set_missing(self, item, values):
        known = sorted(v for v in values if v is not None)
        item["missing"] = "route"
        # In the honest Polish models a missing value tells nothing: the median stands in for it.
        if self.data.startswith("polish") and not self.published:
            item["missing"], item["fill"] = "fill", known[len(known) // 2]

    def direction(self, values):
        known = np.array([i for i, value in enumerate(values) if value is not None])
        risk = roc_auc_score(self.outcome[known], [values[i] for i in known], sample_weight=self.weight[known])
        return 1 if risk >= 0.5 else -1

    def encode(self, item, known):
        """A table of the risk of each code in the known rows, and what it says of all rows."""
        codes = self.columns[item["plus"][0]]
        size = len(next(i for i in self.inputs if i["name"] == item["plus"][0])["codes"])
        among = self.among.get(item["among"])
        chosen = known if among is None else [i for i in known if among[i]]
        item["table"], item["missing"] = self.code_risks(codes, size, chosen), "route"
        return [None if code is None else item["table"][code] for code in codes]

    def matrix_knowing(self, matrix, known):
        """The matrix of ranks with tables that know only some rows: the others are new to them."""
        matrix = matrix.copy()
        for i, item in enumerate(self.features):
            if item["kind"] == "table":
                values = self.encode(dict(item), known)
                matrix[:, i] = Grid(values).ranks(values)
        return matrix

    def code_risks(self, codes, size, chosen):
        """Log-odds of each code in millionths, drawn to the mean as if 50 average rows had been added."""
        bad, all_ = np.zeros(size), np.zeros(size)
        for i in chosen:
            if codes[i] is not None:
                bad[codes[i]] += self.weight[i] * self.outcome[i]
                all_[codes[i]] += self.weight[i]
        mean = bad.sum() / all_.sum()
        rate = (bad + 50 * mean) / (all_ + 50)
        return [int(np.rint(1e6 * np.log(r / (1 - r)))) for r in rate]


class Grid:
    """Ranks of integers, and the integer half way between two ranks."""

    def __init__(self, values):
        known = sorted({v for v in values if v is not None})
        self.known = known or [0]
        self.middles = [a + (b - a + 1) // 2 for a, b in zip(self.known, self.known[1:])]

    def ranks(self, values):
        middles = np.array(self.middles, dtype=np.int64)
        numbers = np.array([0 if v is None else v for v in values], dtype=np.int64)
        ranks = np.searchsorted(middles, numbers, side="right").astype(np.float32)
        ranks[[v is None for v in values]] = np.nan
        return ranks

    def threshold(self, condition):
        """The smallest integer whose rank is not below the condition. Beyond the ranks only missing values part."""
        first = int(np.ceil(condition))
        if first <= 0:
            return -sets.BOUND
        return self.middles[first - 1] if first <= len(self.middles) else sets.BOUND


def ranks_of(grids, values):
    return np.column_stack([grid.ranks(column) for grid, column in zip(grids, values)])


def log_odds(rate):
    return float(np.log(rate / (1 - rate)))


def parameters(plan, prepared, chosen):
    given = dict(STUMPS if prepared.card else ENSEMBLE)
    given.update({k: v for k, v in plan.items() if k in given})
    signs = [prepared.features[i]["sign"] for i in chosen]
    if prepared.card or plan.get("monotone"):
        given["monotone_constraints"] = "(" + ",".join(map(str, signs)) + ")"
    given.update(objective="binary:logistic", nthread=1, seed=SEED, tree_method="hist", verbosity=0,
                 max_bin=plan.get("max_bin", 24 if prepared.card else 256))
    rate = float((prepared.outcome * prepared.weight).sum() / prepared.weight.sum())
    given["base_score"] = rate
    return given


def fit(prepared, matrix, rows, chosen, plan):
    given = parameters(plan, prepared, chosen)
    ranks, outcome, weight, start = matrix[rows][:, chosen], prepared.outcome[rows], prepared.weight[rows], None
    if prepared.pool:
        # Each set starts from its own rate: the horizons differ, and the rates with them.
        other = prepared.pool
        start = [log_odds(given["base_score"])] * len(rows) + [log_odds(other["outcome"].mean())] * len(other["outcome"])
        ranks, outcome = np.vstack([ranks, other["ranks"][:, chosen]]), np.concatenate([outcome, other["outcome"]])
        weight = np.concatenate([weight, other["weight"]])
    data = xgboost.DMatrix(ranks, outcome, weight=weight, base_margin=start)
    return xgboost.train(given, data, plan.get("rounds", 300 if prepared.card else 100))


def margins(booster, matrix, chosen):
    return booster.predict(xgboost.DMatrix(matrix[:, chosen]), output_margin=True)


def out_of_fold(prepared, matrix, chosen, plan, folds):
    """Scores of rows by models that had not seen them; NaN for rows that no fold looks at."""
    scores = np.full(len(prepared.outcome), np.nan)
    for train, rest in folds:
        apart = prepared.matrix_knowing(matrix, train)
        scores[rest] = margins(fit(prepared, apart, train, chosen, plan), apart[rest], chosen)
    return scores


def auc(prepared, scores):
    seen = ~np.isnan(scores)
    return roc_auc_score(prepared.outcome[seen], scores[seen], sample_weight=prepared.weight[seen])


def choose_features(prepared, matrix, plan):
    """A scorecard keeps the features that lower the training loss the most."""
    chosen = list(range(len(prepared.features)))
    if not prepared.card:
        return chosen
    while len(chosen) > plan["attributes"]:
        gains = fit(prepared, matrix, np.arange(len(matrix)), chosen, plan).get_score(importance_type="total_gain")
        by_gain = sorted(chosen, key=lambda i: -gains.get(f"f{chosen.index(i)}", 0))
        chosen = sorted(by_gain[: max(plan["attributes"], len(chosen) * 2 // 3)])
    return chosen


def nodes_of(tree, grids, chosen, features):
    """A tree as [value] and [feature, threshold, left, right, missing, value], each child after its parent."""
    left, right = tree["left_children"], tree["right_children"]
    condition, cover = tree["split_conditions"], tree["sum_hessian"]
    means = {}

    def mean(i):
        if left[i] < 0:
            means[i] = condition[i]
        else:
            a, b = mean(left[i]), mean(right[i])
            means[i] = (a * cover[left[i]] + b * cover[right[i]]) / (cover[left[i]] + cover[right[i]])
        return means[i]

    mean(0)
    nodes = []

    def add(i):
        place = len(nodes)
        micro = int(np.rint(means[i] * 1e6))
        if left[i] < 0:
            nodes.append([micro])
            return place
        feature = chosen[tree["split_indices"][i]]
        missing = 0 if features[feature]["missing"] != "route" else 1 if tree["default_left"][i] else 2
        nodes.append([feature, grids[feature].threshold(condition[i]), 0, 0, missing, micro])
        nodes[place][2] = add(left[i])
        nodes[place][3] = add(right[i])
        return place

    add(0)
    return nodes


def trees_of(booster):
    return json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]["model"]["trees"]


def attributes_of(booster, grids, chosen, features):
    """Stumps added up: for each feature its cuts, and the log-odds between them."""
    steps, missing, constant = {}, {}, 0.0
    for tree in trees_of(booster):
        if tree["left_children"][0] < 0:
            constant += tree["split_conditions"][0]
            continue
        feature = chosen[tree["split_indices"][0]]
        low, high = (tree["split_conditions"][tree[side][0]] for side in ("left_children", "right_children"))
        steps.setdefault(feature, []).append((grids[feature].threshold(tree["split_conditions"][0]), low, high))
        missing[feature] = missing.get(feature, 0.0) + (low if tree["default_left"][0] else high)
    attributes = []
    for feature in sorted(steps):
        cuts = sorted({cut for cut, _, _ in steps[feature]})
        points = [sum(high if cut <= edge else low for cut, low, high in steps[feature]) for edge in [-float("inf")] + cuts]
        attributes.append((feature, cuts, points, missing[feature]))
    return attributes, constant


def scorecard(booster, grids, chosen, features, base):
    attributes, constant = attributes_of(booster, grids, chosen, features)
    unit = POINTS_TO_DOUBLE_ODDS / np.log(2)
    card = []
    for feature, cuts, points, missing in attributes:
        whole = [int(np.rint(-p * unit)) for p in points]
        kept = [k for k in range(len(cuts)) if whole[k] != whole[k + 1]]
        item = dict(feature=features[feature]["name"], cuts=[cuts[k] for k in kept], points=[whole[0]] + [whole[k + 1] for k in kept])
        if features[feature]["missing"] == "route":
            item["missing_points"] = int(np.rint(-missing * unit))
        card.append(item)
    return card, CARD_BASE + int(np.rint(-(base + constant) * unit))


def calibrate(prepared, scores):
    """Slope and offset of the log-odds, from scores of rows that the model had not seen."""
    seen = ~np.isnan(scores)
    fitted = LogisticRegression(C=1e6).fit(scores[seen, None], prepared.outcome[seen], sample_weight=prepared.weight[seen])
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def model_feature(item):
    kept = {k: item[k] for k in ("name", "reason", "kind", "plus", "minus", "over", "table", "decimals", "missing", "fill") if k in item}
    return {k: v for k, v in kept.items() if v != [] or k == "plus"}


def with_pool(prepared):
    if not prepared.pool:
        return ""
    return f", with {len(prepared.pool['outcome'])} of {OTHER[prepared.data]} at weight {prepared.plan['pool']}"


def draft(name, plan, prepared):
    grids, matrix = prepared.ranked()
    chosen = choose_features(prepared, matrix, plan)
    # In fifths, so that the mean is that of all the years.
    unseen = out_of_fold(prepared, matrix, chosen, plan, prepared.fifths)
    booster = fit(prepared, matrix, np.arange(len(matrix)), chosen, plan)
    slope, offset = calibrate(prepared, unseen)
    print(f"{name}: AUC out of fold {auc(prepared, unseen):.4f}, slope {slope:.3f}, offset {offset:+.3f}", flush=True)
    base = log_odds(parameters(plan, prepared, chosen)["base_score"])
    trees = [] if prepared.card else [nodes_of(tree, grids, chosen, prepared.features) for tree in trees_of(booster)]
    card, card_base = scorecard(booster, grids, chosen, prepared.features, base) if prepared.card else ([], 0)
    read = {node[0] for tree in trees for node in tree if len(node) > 1} | {i for i in chosen if prepared.features[i]["name"] in {a["feature"] for a in card}}
    used = sorted(read)
    columns = {n for i in used for part in ("plus", "minus", "over") for n in prepared.features[i][part]}
    about = SETS[prepared.data]
    model = dict(
        name=name, version=1, horizon_months=about["horizon"], score_rises_with="quality" if prepared.card else "risk",
        training=f"{about['what']}; {len(prepared.outcome)} training rows, {prepared.outcome.sum()} bad{with_pool(prepared)}; scripts/credit/train.py {name}",
        inputs=[item for item in prepared.inputs if item["name"] in columns],
        features=[model_feature(prepared.features[i]) for i in used],
    )
    if prepared.card:
        model["scorecard"], model["base"] = card, card_base
        per_point = -slope * np.log(2) / POINTS_TO_DOUBLE_ODDS
        slope_ppm, offset = per_point * 1e12, offset - per_point * CARD_BASE
    else:
        model["ensemble"] = [[[used.index(n[0])] + n[1:] if len(n) > 1 else n for n in tree] for tree in trees]
        model["base"] = int(np.rint(base * 1e6))
        slope_ppm = slope * 1e6
    calibration = dict(
        name=name, version=1, slope_ppm=int(np.rint(slope_ppm)), offset_micro_logit=int(np.rint(offset * 1e6)),
        grade_floor_ppm=int(np.ceil(3e6 / len(prepared.outcome))),
        basis=f"{FOLDS}-fold out-of-fold scores of the training split" + (", weighted to natural prevalence" if prepared.data == "sba" else ""),
    )
    return dict(calibration=calibration, model=model), Fitted(prepared, booster, grids, chosen, auc(prepared, unseen))


class Fitted:
    """The model in floating point, as its library evaluates it."""

    def __init__(self, prepared, booster, grids, chosen, unseen):
        self.prepared, self.booster, self.grids, self.chosen, self.unseen = prepared, booster, grids, chosen, unseen

    def matrix(self, rows):
        columns, values = self.prepared.read_columns(rows), []
        for grid, item in zip(self.grids, self.prepared.features):
            numbers = sets.evaluate(item, columns, len(rows))
            values.append(grid.ranks([item.get("fill") if v is None else v for v in numbers]))
        return np.column_stack(values)

    def margins(self, rows):
        return margins(self.booster, self.matrix(rows), self.chosen)


def stamp(binary, content, path):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(content, file)
        file.flush()
        subprocess.run([binary, "credit", "model", "stamp", file.name, "--out", path], check=True)


def search(folder, name):
    plan = MODELS[name]
    prepared = Prepared(folder, plan)
    grids, matrix = prepared.ranked()
    if prepared.card:
        options = [dict(attributes=n, rounds=r, max_bin=b) for n in (10, 14, 18) for r in (150, 300) for b in (24, 40)]
    else:
        options = [dict(eta=e, subsample=s, colsample_bytree=c, min_child_weight=w, reg_lambda=l)
                   for e in (0.06, 0.1, 0.15, 0.2) for s in (0.6, 0.85, 0.95) for c in (0.3, 0.5, 0.8) for w, l in ((0.5, 0.5), (1, 1), (2, 5), (5, 10))]
    for option in options:
        tried = dict(plan, **option)
        chosen = choose_features(prepared, matrix, tried)
        print(name, option, f"{auc(prepared, out_of_fold(prepared, matrix, chosen, tried, prepared.folds)):.4f}", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", required=True)
    arguments.add_argument("--binary", default="build/zhiliand")
    arguments.add_argument("--out", default="models")
    arguments.add_argument("--search", action="store_true")
    arguments.add_argument("models", nargs="*", metavar="MODEL")
    given = arguments.parse_args()
    unknown = set(given.models) - set(MODELS)
    if unknown:
        sys.exit(f"unknown models: {sorted(unknown)}; known: {sorted(MODELS)}")
    for name in given.models or MODELS:
        if given.search:
            search(given.data, name)
            continue
        content = draft(name, MODELS[name], Prepared(given.data, MODELS[name]))[0]
        stamp(given.binary, content, os.path.join(given.out, name + ".model.json"))


if __name__ == "__main__":
    main()
