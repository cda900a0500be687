// Package faults breaks a network of real nodes, while customers pay, and checks the money with an
// observer that keeps its own book (package observer).
//
// What is done to a network of four validators:
//
//	faults_test.go        each node killed in turn; two, and all four, killed at once; one stopped as
//	                      a machine that hangs; one killed again and again at random moments
//	client_test.go        a client killed after it sent, and a line that swallows answers
//	twin_test.go          a validator's key used by a second node
//	disk_linux_test.go    a validator whose disk is full
//
// and with what:
//
//	network_test.go       nodes: start, kill, hang, restart; waiting for conditions, always bounded
//	load_test.go          customers that pay all the time, and send again what was not answered
//	keeper_test.go        a process that ends the nodes if the test dies
//
// ZHILIAN_TEST_BINARY names a ready binary to spare the build. FAULTS_ROUNDS is how often a node is
// killed at a random moment (5 if it is not set), FAULTS_SEED repeats a run's random choices.
//
// What is not done here: nodes whose clocks differ. All processes of one machine share its clock.
// A kill loses what a process holds in memory, not what the kernel has not written yet: a power cut can
// lose more.
package faults
