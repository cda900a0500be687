#!/usr/bin/python3
"""Made the exports beside this file: models of made-up firms, each with the probabilities that its library gives.

Versions: xgboost 1.7.4 and scikit-learn 1.2.1. Values have up to four decimals and many ties with
thresholds; a tenth is missing, except for GradientBoostingClassifier, which takes none.
"""

import os
import sys

import numpy as np
import xgboost
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../../scripts/credit"))
from export_sklearn import export  # noqa: E402

NAMES = ["gearing", "margin", "turnover"]
random = np.random.default_rng(7)
values = np.column_stack([
    np.round(random.normal(0.5, 0.3, 600), 2), np.round(random.normal(0.1, 0.2, 600), 4), np.round(random.lognormal(8, 2, 600), 1),
])
risk = 2 * values[:, 0] - 4 * values[:, 1] - 0.1 * np.log(values[:, 2]) + random.normal(0, 0.5, 600)
bad = (risk > np.quantile(risk, 0.8)).astype(int)
holes = np.where(random.random(values.shape) < 0.1, np.nan, values)


def sample(name, rows, probabilities):
    with open(os.path.join(HERE, name + ".csv"), "w", encoding="utf-8") as file:
        print("row_id," + ",".join(NAMES) + ",p", file=file)
        for i in range(0, 600, 3):
            cells = ["" if np.isnan(v) else repr(float(v)) for v in rows[i]]
            print(f"r{i}," + ",".join(cells) + f",{probabilities[i]!r}", file=file)


def path(name):
    return os.path.join(HERE, name)


data = xgboost.DMatrix(holes, bad, feature_names=NAMES)
booster = xgboost.train(dict(objective="binary:logistic", max_depth=3, eta=0.3, base_score=0.2, seed=1), data, 8)
booster.save_model(path("xgboost.json"))
with open(path("xgboost.dump.json"), "w", encoding="utf-8") as file:
    file.write("[" + ",\n".join(booster.get_dump(dump_format="json", with_stats=True)) + "]\n")
sample("xgboost", holes, [float(p) for p in booster.predict(data)])

plain = GradientBoostingClassifier(n_estimators=8, max_depth=3, learning_rate=0.3, random_state=1).fit(values, bad)
export(plain, NAMES, path("sklearn.json"))
sample("sklearn", values, [float(p) for p in plain.predict_proba(values)[:, 1]])

binned = HistGradientBoostingClassifier(max_iter=8, max_depth=3, learning_rate=0.3, random_state=1, early_stopping=False).fit(holes, bad)
export(binned, NAMES, path("sklearn.hist.json"))
sample("sklearn.hist", holes, [float(p) for p in binned.predict_proba(holes)[:, 1]])
