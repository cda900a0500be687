"""Writes a gradient boosting classifier of scikit-learn as JSON for `zhiliand credit model import --from sklearn`.

    from export_sklearn import export
    export(classifier, feature_names, "model.json")

Takes a fitted GradientBoostingClassifier or HistGradientBoostingClassifier of two classes.
"""

import json

import numpy as np

FORMAT = "zhilian-sklearn-1"


def export(classifier, feature_names, path):
    kind = type(classifier).__name__
    if len(classifier.classes_) != 2:
        raise ValueError("two classes are needed")
    if kind == "GradientBoostingClassifier":
        base, trees = gradient_boosting(classifier)
    elif kind == "HistGradientBoostingClassifier":
        base, trees = histogram_boosting(classifier)
    else:
        raise ValueError(f"{kind}: only the leaves of (Hist)GradientBoostingClassifier add up to log-odds")
    content = dict(format=FORMAT, kind=kind, features=list(feature_names), base=base, trees=trees)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file)


def gradient_boosting(classifier):
    row = np.zeros((1, classifier.n_features_in_))
    base = float(classifier._raw_predict_init(row).ravel()[0])
    trees = []
    for (regressor,) in classifier.estimators_:
        tree = regressor.tree_
        trees.append(dict(
            feature=tree.feature.tolist(), threshold=tree.threshold.tolist(), left=tree.children_left.tolist(), right=tree.children_right.tolist(),
            missing_left=[False] * tree.node_count, value=(classifier.learning_rate * tree.value[:, 0, 0]).tolist(),
            cover=tree.weighted_n_node_samples.tolist(),
        ))
    return base, trees


def histogram_boosting(classifier):
    base = float(np.ravel(classifier._baseline_prediction)[0])
    trees = []
    for (predictor,) in classifier._predictors:
        nodes = predictor.nodes
        if nodes["is_categorical"].any():
            raise ValueError("a tree splits on categories; encode them as numbers")
        leaf = nodes["is_leaf"].astype(bool)
        trees.append(dict(
            feature=nodes["feature_idx"].tolist(), threshold=nodes["num_threshold"].tolist(),
            left=np.where(leaf, -1, nodes["left"].astype(int)).tolist(), right=np.where(leaf, -1, nodes["right"].astype(int)).tolist(),
            missing_left=nodes["missing_go_to_left"].astype(bool).tolist(), value=nodes["value"].tolist(), cover=nodes["count"].astype(float).tolist(),
        ))
    return base, trees
