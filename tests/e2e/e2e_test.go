// Package e2e drives the binary as a user does, with networks of real nodes on this machine. The
// scripts in testdata can be read as prose.
package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	reflectionv1alpha "google.golang.org/grpc/reflection/grpc_reflection_v1alpha"

	"github.com/zhilian-network/zhilian/localnet"
	"github.com/zhilian-network/zhilian/testutil/nodebinary"
)

func TestScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("networks of real nodes are left out of short runs")
	}
	binary, err := nodebinary.In(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(binary)
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", folder+string(os.PathListSeparator)+env.Getenv("PATH"))
			env.Setenv("HOME", env.WorkDir)
			// A script that fails halfway must not leave nodes behind.
			env.Defer(func() {
				stop := exec.Command(filepath.Join(folder, "zhiliand"), "localnet", "stop", "--home", filepath.Join(env.WorkDir, "net"))
				_ = stop.Run()
			})
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"attempt":      attempt,
			"await":        await,
			"rpc":          rpc,
			"payroll":      payroll,
			"pad":          pad,
			"field":        field,
			"reflect":      reflect,
			"firstreceipt": firstReceipt,
			"spoil":        spoil,
			"get":          get,
		},
	})
}

// attempt runs a program and kills it after a time, however far it has come; both ends are fine:
// attempt SECONDS PROGRAM ARGUMENTS.
func attempt(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) < 2 {
		ts.Fatalf("usage: attempt SECONDS PROGRAM ARGUMENTS")
	}
	seconds, err := strconv.ParseFloat(args[0], 64)
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(seconds*float64(time.Second)))
	defer cancel()
	program := filepath.Join(strings.SplitN(ts.Getenv("PATH"), string(os.PathListSeparator), 2)[0], args[1])
	command := exec.CommandContext(ctx, program, args[2:]...)
	command.Dir = ts.MkAbs(".")
	command.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"))
	output, err := command.CombinedOutput()
	ts.Logf("%s\nended with: %v", output, err)
}

// await runs a program again and again until its output matches a pattern, however it ends:
// await SECONDS PATTERN PROGRAM ARGUMENTS.
func await(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) < 3 {
		ts.Fatalf("usage: await SECONDS PATTERN PROGRAM ARGUMENTS")
	}
	seconds, err := strconv.Atoi(args[0])
	ts.Check(err)
	pattern, err := regexp.Compile(args[1])
	ts.Check(err)
	program := filepath.Join(strings.SplitN(ts.Getenv("PATH"), string(os.PathListSeparator), 2)[0], args[2])
	for end := time.Now().Add(time.Duration(seconds) * time.Second); ; time.Sleep(awaitInterval) {
		command := exec.Command(program, args[3:]...)
		command.Dir = ts.MkAbs(".")
		command.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"))
		output, err := command.CombinedOutput()
		if pattern.Match(output) {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("%s\nended with: %v\nno %q within %d seconds", output, err, args[1], seconds)
		}
	}
}

const awaitInterval = 200 * time.Millisecond

// rpc sets a variable to the RPC address of a network's first node: rpc VARIABLE HOME.
func rpc(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 2 {
		ts.Fatalf("usage: rpc VARIABLE HOME")
	}
	layout, err := localnet.Load(ts.MkAbs(args[1]))
	ts.Check(err)
	ts.Setenv(args[0], layout.Nodes[0].RPC())
}

// payroll writes a pain.001 of N payments of 1.00 CNY from the first customer of the built-in
// network: payroll FILE MSGID N.
func payroll(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 3 {
		ts.Fatalf("usage: payroll FILE MSGID N")
	}
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	var text strings.Builder
	fmt.Fprintf(&text, `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><CstmrCdtTrfInitn>
<GrpHdr><MsgId>%s</MsgId><CreDtTm>2026-11-02T09:00:00</CreDtTm><NbOfTxs>%d</NbOfTxs><CtrlSum>%d</CtrlSum><InitgPty><Nm>Huanghai Appliances</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>WAGES</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt>2026-11-02</ReqdExctnDt><Dbtr><Nm>Huanghai Appliances</Nm></Dbtr>
<DbtrAcct><Id><Othr><Id>8020100000010001</Id></Othr></Id></DbtrAcct><DbtrAgt><FinInstnId><BIC>BQDQCNQ0</BIC></FinInstnId></DbtrAgt>
`, args[1], n, n)
	for i := range n {
		fmt.Fprintf(&text, `<CdtTrfTxInf><PmtId><EndToEndId>%s-%05d</EndToEndId></PmtId><Amt><InstdAmt Ccy="CNY">1.00</InstdAmt></Amt>`+
			`<CdtrAgt><FinInstnId><BIC>JZWBCNQ0</BIC></FinInstnId></CdtrAgt><Cdtr><Nm>Li Xiaomei</Nm></Cdtr>`+
			`<CdtrAcct><Id><Othr><Id>6290400000040001</Id></Othr></Id></CdtrAcct></CdtTrfTxInf>`+"\n", args[1], i)
	}
	text.WriteString("</PmtInf></CstmrCdtTrfInitn></Document>\n")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text.String()), 0o600))
}

// pad fills a file with spaces up to a size in MiB: pad FILE MIB.
func pad(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 2 {
		ts.Fatalf("usage: pad FILE MIB")
	}
	mebibytes, err := strconv.Atoi(args[1])
	ts.Check(err)
	content := []byte(ts.ReadFile(args[0]))
	padded := append(content, make([]byte, mebibytes<<20)...)
	for i := len(content); i < len(padded); i++ {
		padded[i] = ' '
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), padded, 0o600))
}

// field sets a variable to the first line of a file that holds a word, cut after the last space:
// field VARIABLE FILE WORD.
func field(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 3 {
		ts.Fatalf("usage: field VARIABLE FILE WORD")
	}
	for _, line := range strings.Split(ts.ReadFile(args[1]), "\n") {
		if fields := strings.Fields(line); len(fields) > 0 && strings.Contains(line, args[2]) {
			ts.Setenv(args[0], fields[len(fields)-1])
			return
		}
	}
	ts.Fatalf("%s holds no line with %q", args[1], args[2])
}

// reflect prints the services that a node tells of itself by gRPC reflection: reflect HOME.
func reflect(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 1 {
		ts.Fatalf("usage: reflect HOME")
	}
	layout, err := localnet.Load(ts.MkAbs(args[0]))
	ts.Check(err)
	connection, err := grpc.NewClient(layout.Nodes[0].GRPC(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	ts.Check(err)
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	stream, err := reflectionv1alpha.NewServerReflectionClient(connection).ServerReflectionInfo(ctx)
	ts.Check(err)
	ts.Check(stream.Send(&reflectionv1alpha.ServerReflectionRequest{
		MessageRequest: &reflectionv1alpha.ServerReflectionRequest_ListServices{},
	}))
	answer, err := stream.Recv()
	ts.Check(err)
	for _, service := range answer.GetListServicesResponse().GetService() {
		_, err := fmt.Fprintln(ts.Stdout(), service.GetName())
		ts.Check(err)
	}
}

// get asks a node's REST door: get HOME PATH.
func get(ts *testscript.TestScript, negated bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: get HOME PATH")
	}
	layout, err := localnet.Load(ts.MkAbs(args[0]))
	ts.Check(err)
	client := http.Client{Timeout: requestTimeout}
	response, err := client.Get(layout.Nodes[0].API() + args[1])
	ts.Check(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	ts.Check(err)
	_, err = ts.Stdout().Write(body)
	ts.Check(err)
	if failed := response.StatusCode != http.StatusOK; failed != negated {
		ts.Fatalf("%s: %s", args[1], response.Status)
	}
}

const requestTimeout = 10 * time.Second

// firstReceipt sets a variable to a receipt in a folder: firstreceipt VARIABLE FOLDER.
func firstReceipt(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 2 {
		ts.Fatalf("usage: firstreceipt VARIABLE FOLDER")
	}
	found, err := filepath.Glob(filepath.Join(ts.MkAbs(args[1]), "receipt-*.json"))
	ts.Check(err)
	if len(found) == 0 {
		ts.Fatalf("%s holds no receipt", args[1])
	}
	ts.Setenv(args[0], found[0])
}

// spoil makes one payment of a receipt a fen larger: spoil FILE.
func spoil(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 1 {
		ts.Fatalf("usage: spoil FILE")
	}
	text := ts.ReadFile(args[0])
	const field = `"amount_minor": "`
	at := strings.Index(text, field)
	if at < 0 {
		ts.Fatalf("%s tells no amount", args[0])
	}
	at += len(field)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text[:at]+"9"+text[at:]), 0o600))
}
