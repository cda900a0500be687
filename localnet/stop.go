package localnet

import (
	"context"
	"fmt"
	"slices"
)

// Stop ends the nodes of a home and returns when none runs any more. Stopping a network that does
// not run is no error. Nodes are asked first and killed after stopBound; either way the home can be
// started again, since a node writes every block before it goes on.
func Stop(home string) error {
	return stop(home, func(Node) bool { return true })
}

// StopNode ends one node of a home, as Stop ends all of them, and leaves the others alone. Start starts it
// again.
func StopNode(home, name string) error {
	layout, err := Load(home)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(layout.Nodes, func(node Node) bool { return node.Name == name }) {
		return fmt.Errorf("the network in %s has no node %q; it has %s to %s",
			layout.Home, name, layout.Nodes[0].Name, layout.Nodes[len(layout.Nodes)-1].Name)
	}
	return stop(home, func(node Node) bool { return node.Name == name })
}

func stop(home string, chosen func(Node) bool) error {
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
	var nodes []int
	for i, node := range layout.Nodes {
		if chosen(node) {
			nodes = append(nodes, i)
		}
	}
	if err := end(layout, nodes, stopBound); err != nil {
		return err
	}
	for _, i := range nodes {
		layout.Nodes[i].PID = 0
	}
	return layout.save()
}
