package localnet

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// maxRowsShown keeps the printed summary of a large network readable; localnet.json has everything.
const maxRowsShown = 12

// layoutText greets the user of a network that has just started.
func layoutText(layout *Layout, detached bool) string {
	var text strings.Builder
	first := layout.Nodes[0]
	fmt.Fprintf(&text, "Network %s runs with %s.\n\n", layout.ChainID, counted(len(layout.Nodes), "validator"))

	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  NODE\tRUN BY\tREST\tRPC\tGRPC")
	for _, node := range layout.Nodes {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\t%s\n", node.Name, node.Institution, node.API(), node.RPC(), node.GRPC())
	}
	table.Flush()

	fmt.Fprintf(&text, "\nKeys, unprotected and for tests only: --home %s --from NAME\n", layout.Keys())
	fmt.Fprintln(table, "  NAME\tROLES\tADDRESS")
	for _, operator := range layout.Operators[:min(len(layout.Operators), maxRowsShown)] {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", operator.Name, strings.Join(operator.Roles, ","), operator.Address)
	}
	table.Flush()
	writeRest(&text, layout, len(layout.Operators))

	if len(layout.Accounts) > 0 {
		fmt.Fprintln(&text, "\nAccounts")
		fmt.Fprintln(table, "  PARTY\tBANK\tNUMBER\tADDRESS")
		for _, account := range layout.Accounts[:min(len(layout.Accounts), maxRowsShown)] {
			fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", account.Party, account.Institution, numberOf(account), account.Address)
		}
		table.Flush()
		writeRest(&text, layout, len(layout.Accounts))
	}

	fmt.Fprintf(&text, "\nTalk to it\n")
	fmt.Fprintf(&text, "  zhiliand query settlement participants --home %s\n", layout.Keys())
	fmt.Fprintf(&text, "  curl %s/zhilian/settlement/v1/participants\n", first.API())
	fmt.Fprintf(&text, "  zhiliand localnet status --home %s\n", layout.Home)
	if detached {
		fmt.Fprintf(&text, "\nStop it\n  zhiliand localnet stop --home %s\n", layout.Home)
	} else {
		fmt.Fprintf(&text, "\nStop it with Ctrl-C. Logs: %s\n", layout.Log(Node{Name: "node*"}))
	}
	return text.String()
}

func writeRest(text *strings.Builder, layout *Layout, n int) {
	if n > maxRowsShown {
		fmt.Fprintf(text, "  and %d more in %s/%s\n", n-maxRowsShown, layout.Home, layoutFile)
	}
}

func numberOf(account Account) string {
	if account.IBAN != "" {
		return account.IBAN
	}
	return account.Number
}

// stateText says what the nodes do.
func stateText(state *State) string {
	var text strings.Builder
	running := 0
	for _, node := range state.Nodes {
		if node.Running {
			running++
		}
	}
	switch running {
	case 0:
		fmt.Fprintf(&text, "Network %s is stopped. Its data are in %s.\n", state.ChainID, state.Home)
		return text.String()
	case len(state.Nodes):
		fmt.Fprintf(&text, "Network %s runs with %s, at height %d.\n\n", state.ChainID, counted(running, "validator"), state.Height)
	default:
		fmt.Fprintf(&text, "Network %s runs with %d of %s, at height %d.\n\n", state.ChainID, running, counted(len(state.Nodes), "validator"), state.Height)
	}
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  NODE\tRUN BY\tSTATE\tHEIGHT\tPEERS\tPROCESS\tREST\tRPC\tGRPC")
	for _, node := range state.Nodes {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%d\t%d\t%d\t%s\t%s\t%s\n", node.Name, node.Institution, stateWord(node),
			node.Height, node.Peers, node.PID, node.API, node.RPC, node.GRPC)
	}
	table.Flush()
	return text.String()
}

func stateWord(node NodeState) string {
	switch {
	case !node.Running:
		return "stopped"
	case !node.Answers:
		return "no answer"
	case node.CatchingUp:
		return "catching up"
	}
	return "running"
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
