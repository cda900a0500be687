// Package engine rates a subject: it is the pure core of x/credit, in integers only. It reads no store, clock or
// file, allocates what it needs for one row, and gives the same bits on every machine. Anyone may use it:
//
//	rater, err := engine.Compile(model, calibration, scale)
//	rating, err := rater.Rate(row) // one int64 for each of the model's inputs; engine.Missing where there is none
//
//	model.go        what a model is: inputs, features, and a points scorecard or an ensemble of trees
//	calibration.go  from score to probability of default: an object of its own, governed apart from the model
//	scale.go        from probability to grade
//	validate.go     each fault has its own error; what passes cannot overflow, loop, or read what is not there
//	digest.go       the canonical bytes of each object and their SHA-256
//	features.go     from inputs to features
//	rate.go         score, probability, grade, reasons
//	improve.go      what would raise the grade by one
//	assess.go       what ratings were worth: order, error, calibration, stability
//	promotion.go    whether a challenger may take the champion's place
//	decimal.go      from decimal text to fixed point, exactly
//
// Numbers are fixed point: a value with d decimals is the integer value*10^d. The text form is package document.
package engine
