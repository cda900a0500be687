package cmd

import (
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/zhilian-network/zhilian/demo"
)

const maxDemoValidators = 16

func newDemoCommand() *cobra.Command {
	options := demo.Options{}
	command := &cobra.Command{
		Use:   "demo [FILE.xml…]",
		Short: "Tell a story on a network of its own, and stop: settle payment files, or --story NAME",
		Long: `Tells a story from end to end on a fresh network on this machine, and stops the network. The stories:

` + demo.DescribeStories() + `

payments builds a network whose banks and customers are the ones that the payment files name, funds them,
settles the files, writes pain.002, camt.054 and camt.053 beside the report, checks that no money was
created or lost, and stops the network. Without files it settles one of its own: a supplier run in
Qingdao. A file that must be refused is refused and reported; that is no failure.

The other stories take no files. They say what people do, with the commands, and what the network answers;
the exit code is 1 if an answer is not as told. What people write and get lies beside the report.`,
		Example: `  zhiliand demo
  zhiliand demo --story access
  zhiliand demo network payroll.xml > network.yaml   # the network only, for localnet start --network
  zhiliand demo payroll.xml suppliers.xml --validators 4 --report out/report.json`,
		// It needs no home of its own: nothing is written but the report and the answers.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
		RunE: func(command *cobra.Command, files []string) error {
			if options.Validators < 1 || options.Validators > maxDemoValidators {
				return usagef("--validators must be 1 to %d", maxDemoValidators)
			}
			binary, err := os.Executable()
			if err != nil {
				return err
			}
			if len(files) > 0 && options.Story != demo.DefaultStory {
				return usagef("the story %s takes no files", options.Story)
			}
			options.Files, options.Binary = files, binary
			err = demo.Run(command.Context(), options, command.OutOrStdout())
			if errors.Is(err, demo.ErrUnknownStory) {
				return usageError{err}
			}
			return err
		},
	}
	command.AddCommand(newDemoNetworkCommand())
	command.Flags().StringVar(&options.Story, "story", demo.DefaultStory, "what is told: "+strings.Join(demo.Stories(), ", "))
	command.Flags().IntVar(&options.Validators, "validators", 4, "number of validators")
	command.Flags().StringVar(&options.Report, "report", "zhilian-demo/report.json", "where the report goes; the answers go beside it")
	return command
}

func newDemoNetworkCommand() *cobra.Command {
	var validators int
	command := &cobra.Command{
		Use:   "network FILE.xml…",
		Short: "Print the network file that payment files need",
		Long: `Prints a network file whose banks and customers are the ones that the payment files name, with funds for
their payments. "zhiliand localnet start --network" starts it.`,
		Example: `  zhiliand demo network payroll.xml > network.yaml
  zhiliand localnet start --network network.yaml --home net --detach`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, files []string) error {
			if validators < 1 || validators > maxDemoValidators {
				return usagef("--validators must be 1 to %d", maxDemoValidators)
			}
			file, err := demo.Network(files, validators)
			if err != nil {
				return err
			}
			text, err := yaml.Marshal(file)
			if err != nil {
				return err
			}
			_, err = command.OutOrStdout().Write(text)
			return err
		},
	}
	command.Flags().IntVar(&validators, "validators", 4, "number of validators")
	return command
}
