package demo

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/gateway/payments"
	"github.com/zhilian-network/zhilian/iso20022"
	"github.com/zhilian-network/zhilian/iso20022/report"
	"github.com/zhilian-network/zhilian/localnet"
	"github.com/zhilian-network/zhilian/localnet/network"
)

// builtInName stands for the file that is settled if none is given.
const builtInName = "qingdao-suppliers.xml"

//go:embed files/qingdao-suppliers.xml
var builtIn []byte

// Options of a demonstration.
type Options struct {
	// Story that is told; empty stands for the payments.
	Story string
	// Files to settle, in this order; none stands for the built-in one.
	Files []string
	// Validators is how many nodes the network has.
	Validators int
	// Report is where the report goes; the answers go beside it.
	Report string
	// Binary is the node's program.
	Binary string

	// prepared changes the nodes' configuration before they start.
	prepared func(*localnet.Layout) error
}

// ErrNotHeld says that the demonstration ran, and something that must hold did not.
var ErrNotHeld = errors.New("the demonstration did not hold")

type given struct {
	path    string
	content []byte
	message *iso20022.Message
}

// Run tells a story on a network of its own, writes its report, and stops the network. The error is ErrNotHeld if
// something was not as it must be.
func Run(ctx context.Context, options Options, out io.Writer) error {
	story, err := find(options.Story)
	if err != nil {
		return err
	}
	return story.tell(ctx, options, &steps{out: out, started: time.Now()})
}

// tellPayments builds the network that the files imply, settles them, and writes the answers and the report. Files
// that must be refused are refused and reported; they are no error.
func tellPayments(ctx context.Context, options Options, s *steps) error {
	s.title(fmt.Sprintf("Zhilian 直联  settling payment files on a network of %d validators", options.Validators))
	files, err := read(options)
	if err != nil {
		return err
	}
	s.done("read", describeFiles(files))

	var result Report
	err = withNetwork(ctx, s, newPlan(messagesOf(files)).file(options.Validators), options, func(layout *localnet.Layout) error {
		var err error
		result, err = settle(ctx, s, layout, files, filepath.Dir(options.Report))
		result.Validators = len(layout.Nodes)
		return err
	})
	if err != nil {
		return err
	}
	if err := save(result, options.Report); err != nil {
		return err
	}
	s.table(result)
	s.summary(result, options.Report)
	return verdict(result)
}

// withNetwork builds and starts a network, lets it be used, and stops it whatever comes of that.
func withNetwork(ctx context.Context, s *steps, file *network.File, options Options, use func(*localnet.Layout) error) (err error) {
	home, err := os.MkdirTemp("", "zhilian-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	prepared, err := localnet.Prepare(*file, home, options.Validators)
	if err != nil {
		return err
	}
	if options.prepared != nil {
		if err := options.prepared(prepared); err != nil {
			return err
		}
	}
	s.done("build", describeNetwork(file))

	s.begin("start", fmt.Sprintf("%d nodes", options.Validators))
	layout, err := localnet.Start(ctx, home, options.Binary)
	if err != nil {
		return err
	}
	s.done("start", fmt.Sprintf("%d validators agree on blocks", len(layout.Nodes)))

	if err := errors.Join(use(layout), localnet.Stop(home)); err != nil {
		return err
	}
	s.done("stop", "the network is down, nothing is left running")
	return nil
}

// settle hands in every file, gets the answers and statements, and checks the money.
func settle(ctx context.Context, s *steps, layout *localnet.Layout, files []given, folder string) (Report, error) {
	result := Report{Files: []FileReport{}, Transactions: []TransactionReport{}, Written: []string{}}
	d, err := newDesk(ctx, layout, app.NewEncoding())
	if err != nil {
		return result, err
	}
	if err := d.awaitQueries(ctx); err != nil {
		return result, fmt.Errorf("the node does not answer: %w", err)
	}
	for _, file := range files {
		outcome, documents, err := d.submit(ctx, file)
		if err != nil {
			return result, fmt.Errorf("%s: %w", file.path, err)
		}
		paths, err := payments.Write(folder, documents)
		if err != nil {
			return result, err
		}
		result.Written = append(result.Written, paths...)
		entry := fileReport(file.path, outcome)
		result.Files = append(result.Files, entry)
		result.Transactions = append(result.Transactions, transactionReports(file.path, outcome)...)
		s.done("settle", describeOutcome(entry))
	}

	statements, err := d.statements(ctx)
	if err != nil {
		return result, fmt.Errorf("statements: %w", err)
	}
	paths, err := payments.Write(folder, statements)
	if err != nil {
		return result, err
	}
	result.Written = append(result.Written, paths...)
	s.done("answer", fmt.Sprintf("%d files: status reports, notifications, statements", len(result.Written)))

	receipts, counts, err := d.receipts(ctx, result.Transactions, folder)
	result.Written, result.Receipts = append(result.Written, receipts...), counts
	if err != nil {
		return result, err
	}
	s.done("prove", fmt.Sprintf("%s verified offline, from the file and the validators' keys alone", counted(counts.Verified, "receipt")))

	check, err := d.invariants(ctx)
	if err != nil {
		return result, fmt.Errorf("invariants: %w", err)
	}
	result.Invariants.MoneyConserved = check.MoneyConserved
	if check.MoneyConserved {
		s.done("check", "no money was created, lost or doubled")
	} else {
		s.failed("check", fmt.Sprint(check.Violations))
	}
	return result, nil
}

// verdict is nil if everything held that must: each accepted payment settled or was refused with a
// reason, and the money was right.
func verdict(result Report) error {
	if !result.Invariants.MoneyConserved {
		return fmt.Errorf("%w: the money invariants are violated", ErrNotHeld)
	}
	for _, transaction := range result.Transactions {
		if transaction.Status != string(report.Settled) && transaction.Status != string(report.Rejected) {
			return fmt.Errorf("%w: payment %s of %s was not decided", ErrNotHeld, transaction.EndToEndID, transaction.File)
		}
	}
	return nil
}

// Network is the network that the payments' story builds for files: its banks and customers are those
// that they name.
func Network(paths []string, validators int) (*network.File, error) {
	files, err := read(Options{Files: paths})
	if err != nil {
		return nil, err
	}
	return newPlan(messagesOf(files)).file(validators), nil
}

func read(options Options) ([]given, error) {
	if len(options.Files) == 0 {
		return parseAll([]given{{path: builtInName, content: builtIn}}), nil
	}
	files := make([]given, 0, len(options.Files))
	for _, path := range options.Files {
		content, err := readBounded(path)
		if err != nil {
			return nil, err
		}
		files = append(files, given{path: path, content: content})
	}
	return parseAll(files), nil
}

// readBounded reads one byte more than the parser takes at most: enough for it to see that the file is
// too large.
func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, iso20022.DefaultMaxBytes+1))
}

func parseAll(files []given) []given {
	for i := range files {
		// A refused file names nobody; the gateway refuses it again when it is handed in.
		files[i].message, _ = iso20022.Parse(files[i].content)
	}
	return files
}

func messagesOf(files []given) []*iso20022.Message {
	var messages []*iso20022.Message
	for _, file := range files {
		if file.message != nil {
			messages = append(messages, file.message)
		}
	}
	return messages
}
