package localnet

import "context"

// Stop ends the nodes of a home and returns when none runs any more. Stopping a network that does
// not run is no error. Nodes are asked first and killed after stopBound; either way the home can be
// started again, since a node writes every block before it goes on.
func Stop(home string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*stopBound)
	defer cancel()
	unlock, err := lock(ctx, home)
	if err != nil {
		return err
	}
	defer unlock()
	layout, err := Load(home)
	if err != nil {
		return err
	}
	nodes := make([]int, len(layout.Nodes))
	for i := range nodes {
		nodes[i] = i
	}
	if err := end(layout, nodes, stopBound); err != nil {
		return err
	}
	for i := range layout.Nodes {
		layout.Nodes[i].PID = 0
	}
	return layout.save()
}
