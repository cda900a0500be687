package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/localnet"
	"github.com/zhilian-network/zhilian/tests/faults/observer"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// dyingVariable tells a copy of the test program that it is a client to be killed; its value is an errand.
const dyingVariable = "FAULTS_ERRAND"

// What customers call by RPC.
const (
	handIn = "broadcast_tx_sync"
	lookUp = "tx"
)

// clientsDie sends payments whose answers never arrive, and then the same again.
func clientsDie(n *faultyNetwork, _ *load) {
	random := rand.New(rand.NewPCG(1, 1))
	customer := n.operator("party-employee-0001", n.account("employee-0001"), random)
	cases := []struct {
		name  string
		fault *wire
		dies  bool // the client is killed; otherwise it lives and gives up
		known bool // the first attempt reaches the chain
	}{
		{"the client dies before its request reaches the node", &wire{holdRequest: handIn}, true, false},
		{"the client dies before the node's answer reaches it", &wire{holdAnswer: handIn}, true, true},
		{"the client dies while it waits for the block", &wire{holdAnswer: lookUp}, true, true},
		{"every answer is swallowed, and the client lives", &wire{swallow: []string{handIn, lookUp}}, false, true},
	}
	for i, c := range cases {
		n.t.Logf("%s", c.name)
		first, second := n.place(i%validators), n.place((i+1)%validators)
		stop := c.fault.connect(first.RPC())
		batch := customer.batch(mostOfABatch)
		if c.dies {
			c.fault.kill(n, customer, batch)
		} else {
			decided, err := customer.pay(context.Background(), localnet.Node{Name: first.Name + " through a bad line", Ports: c.fault.ports(n.t)}, batch)
			require.NoError(n.t, err)
			require.False(n.t, decided, "no answer can have come")
		}
		stop()
		if c.known { // so that the second attempt is a repetition, and not a race
			n.decided(customer.payments(batch))
		}
		require.NoError(n.t, customer.deliverTo(second, batch))
		n.answered(customer.payments(batch), c.known)
	}
}

// deliverTo sends a batch to one node until that answers.
func (o *operator) deliverTo(node localnet.Node, batch *settlement.MsgPayBatch) error {
	return await(answerBound, func(ctx context.Context) error {
		decided, err := o.pay(ctx, node, batch)
		if err == nil && !decided {
			err = fmt.Errorf("%s has not answered", node.Name)
		}
		return err
	})
}

// decided waits until blocks have decided payments.
func (n *faultyNetwork) decided(payments []observer.Payment) {
	n.t.Helper()
	for _, payment := range payments {
		n.await(longestPause, func(context.Context) error {
			if _, _, decided := n.book.Decision(payment.UETR); !decided {
				return fmt.Errorf("payment %s is not decided", payment.UETR)
			}
			return nil
		})
	}
}

// answered checks that the last answer tells what the block decided, and whether it says that this is
// the first result told again.
func (n *faultyNetwork) answered(payments []observer.Payment, again bool) {
	n.t.Helper()
	n.decided(payments)
	for _, payment := range payments {
		answers := n.book.Answers(payment.UETR)
		last := answers[len(answers)-1]
		decision, height, _ := n.book.Decision(payment.UETR)
		require.Equal(n.t, observer.Decided, last.Kind)
		require.Equal(n.t, decision.Status, last.Status)
		require.Equal(n.t, height, last.Height)
		require.Equal(n.t, again, last.Replayed)
	}
}

// wire lies between a client and a node, and loses what it is told to lose.
type wire struct {
	holdRequest string   // method whose requests are taken and never passed on
	holdAnswer  string   // method whose requests are passed on and never answered
	swallow     []string // methods whose requests are passed on, and whose answers are lost with the connection

	target string
	server *httptest.Server
	once   sync.Once
	held   chan struct{} // closed when something is held
	free   chan struct{} // closed when the line is taken down
}

func (w *wire) connect(target string) (stop func()) {
	w.target, w.held, w.free = target, make(chan struct{}), make(chan struct{})
	w.server = httptest.NewServer(w)
	return func() {
		close(w.free)
		w.server.CloseClientConnections()
		w.server.Close()
	}
}

func (w *wire) ports(t *testing.T) localnet.Ports {
	t.Helper()
	var port int
	_, err := fmt.Sscanf(w.server.URL, "http://127.0.0.1:%d", &port)
	require.NoError(t, err)
	return localnet.Ports{RPC: port}
}

func (w *wire) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	body, err := io.ReadAll(in.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	var call struct {
		Method string `json:"method"`
	}
	_ = json.Unmarshal(body, &call) // what is no call is passed on as it is
	if call.Method == w.holdRequest {
		w.hold()
	}
	answer, err := http.Post(w.target, "application/json", bytes.NewReader(body))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if call.Method == w.holdAnswer {
		w.hold()
	}
	for _, method := range w.swallow {
		if call.Method == method {
			panic(http.ErrAbortHandler) // closes the connection
		}
	}
	out.Header().Set("Content-Type", "application/json")
	out.WriteHeader(answer.StatusCode)
	_, _ = out.Write(text)
}

func (w *wire) hold() {
	w.once.Do(func() { close(w.held) })
	<-w.free
	panic(http.ErrAbortHandler)
}

// errand is what a client that is to be killed does: it sends a batch through a line.
type errand struct {
	Home  string `json:"home"`
	Key   string `json:"key"`
	Line  int    `json:"line"` // port
	Batch []byte `json:"batch"`
}

// kill has another process send a batch, and kills it while it waits on the line.
func (w *wire) kill(n *faultyNetwork, o *operator, batch *settlement.MsgPayBatch) {
	n.t.Helper()
	packed, err := batch.Marshal()
	require.NoError(n.t, err)
	text, err := json.Marshal(errand{Home: n.home, Key: o.key, Line: w.ports(n.t).RPC, Batch: packed})
	require.NoError(n.t, err)
	var words bytes.Buffer
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), dyingVariable+"="+string(text))
	process.Stdout, process.Stderr = &words, &words
	require.NoError(n.t, process.Start())
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	select {
	case <-w.held:
	case err := <-ended:
		require.NoError(n.t, err, "it was to be killed while it waits: %s", &words)
	case <-time.After(answerBound):
	}
	require.NoError(n.t, process.Process.Kill())
	require.ErrorContains(n.t, <-ended, "signal: killed", "it was to be killed while it waits: %s", &words)
	for _, payment := range o.payments(batch) {
		n.book.Hear(payment.UETR, observer.Answer{Kind: observer.Unknown, Words: "the client died"})
	}
}

// payAndDie is the client's process.
func payAndDie(text string) {
	var task errand
	var batch settlement.MsgPayBatch
	err := json.Unmarshal([]byte(text), &task)
	if err == nil {
		err = batch.Unmarshal(task.Batch)
	}
	if err == nil {
		err = task.run(&batch)
	}
	fmt.Fprintln(os.Stderr, "the client was not killed in time:", err)
	os.Exit(1)
}

func (e errand) run(batch *settlement.MsgPayBatch) error {
	layout, err := localnet.Load(e.Home)
	if err != nil {
		return err
	}
	o, err := newOperator(&faultyNetwork{home: e.Home, layout: layout, encoding: app.NewEncoding()}, e.Key, localnet.Account{}, nil)
	if err != nil {
		return err
	}
	chain, err := o.chain(localnet.Node{Ports: localnet.Ports{RPC: e.Line}}.RPC())
	if err != nil {
		return err
	}
	_, err = chain.PayBatch(context.Background(), batch)
	return err
}
