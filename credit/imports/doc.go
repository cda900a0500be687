// Package imports reads ensembles of trees as XGBoost, LightGBM and scikit-learn export them, and writes them in
// the integers of x/credit/engine.
//
//	forest.go     an ensemble in floating point, as its library evaluates it
//	xgboost.go lightgbm.go sklearn.go  the exports
//	threshold.go  from a threshold in floating point to the one integer that parts the same decimal numbers
//	convert.go    from a forest to a model
//	compare.go    how far the model is from the forest on a sample
//
// A threshold is converted exactly: a decimal number on the input's grid goes left in the model if and only if its
// nearest floating-point number goes left in the forest. Leaves are rounded to millionths of log-odds.
package imports
