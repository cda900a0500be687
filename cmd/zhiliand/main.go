// Command zhiliand is node, client, and direct-connect gateway of a Zhilian network.
package main

import (
	"os"

	"github.com/zhilian-network/zhilian/cmd/zhiliand/cmd"
)

func main() {
	os.Exit(cmd.Execute(os.Args[1:], os.Stdout, os.Stderr))
}
