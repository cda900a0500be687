package demo

// A scene is one thing that somebody does in a story, and what the network must answer.
type scene struct {
	// who does it; each person has a machine of their own.
	who string
	// does is what they do, in words.
	does string
	// run are the arguments of zhiliand; {NAME} stands for what was kept before. A transaction is waited for until it
	// is in a block.
	run []string
	// each are several who do it at once, each on a machine of its own: {member} stands for the key, {address} for its
	// address. panel is a case the members of whose panel at work do so.
	each  []string
	panel uint64
	// get is asked of a node's REST door instead, as the operator whose key is token, or as nobody.
	get, token string
	// into is a file of the story's folder that gets what was answered.
	into string
	// says is a pattern that the answer must match; its first group, if it has one, is what is shown and kept.
	says string
	// waits asks again until the answer is as told, for as long as waitBound: something happens by itself.
	waits bool
	// plain shows all that was answered, in full lines and without the marks of its form.
	plain bool
	// refused wants the network, or the program, to say no.
	refused bool
	// keep is the name under which what was shown is kept.
	keep string
	// without is a pattern that the answer must not match.
	without string
}

// chapter is some scenes with a title.
type chapter struct {
	title  string
	scenes []scene
}
