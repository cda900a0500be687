package metrics

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/gateway/index"
	"github.com/zhilian-network/zhilian/gateway/live"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// fakeNode has validators that sign or not, and a state.
type fakeNode struct {
	t          *testing.T
	validators []string // of the present set
	height     int64
	failing    bool
	asked      int // for validator sets
}

func addressOf(name string) cmttypes.Address {
	sum := sha256.Sum256([]byte(name))
	return sum[:20]
}

func setHash(names []string) []byte {
	sum := sha256.Sum256([]byte(strings.Join(names, ",")))
	return sum[:]
}

var errAway = errors.New("away")

func (n *fakeNode) Status(context.Context) (*coretypes.ResultStatus, error) {
	if n.failing {
		return nil, errAway
	}
	out := &coretypes.ResultStatus{}
	out.SyncInfo.LatestBlockHeight, out.SyncInfo.LatestBlockTime = n.height+2, time.Unix(1_000+n.height, 500_000_000)
	return out, nil
}

func (n *fakeNode) NetInfo(context.Context) (*coretypes.ResultNetInfo, error) {
	if n.failing {
		panic("half of the node is stopped")
	}
	return &coretypes.ResultNetInfo{NPeers: 3}, nil
}

func (n *fakeNode) NumUnconfirmedTxs(context.Context) (*coretypes.ResultUnconfirmedTxs, error) {
	return &coretypes.ResultUnconfirmedTxs{Count: 1, Total: 7, TotalBytes: 700}, nil
}

func (n *fakeNode) Position(context.Context) (index.Position, error) {
	return index.Position{Height: n.height, CompleteFrom: 1}, nil
}

func (n *fakeNode) Currencies(context.Context) ([]string, error) { return []string{"CNY", "EUR"}, nil }

func (n *fakeNode) Validators(context.Context) ([]Validator, error) {
	return []Validator{
		{Institution: "BQDQ", Address: addressOf("v1").String(), Status: "active"},
		{Institution: "LSHB", Address: addressOf("v2").String(), Status: "active"},
		{Institution: "JZWB", Address: addressOf("v3").String(), Status: "jailed"},
	}, nil
}

// sets answers who had to sign.
type sets struct{ *fakeNode }

func (s sets) Validators(_ context.Context, height *int64, page, perPage *int) (*coretypes.ResultValidators, error) {
	s.asked++
	if s.failing {
		return nil, errAway
	}
	out := &coretypes.ResultValidators{BlockHeight: *height, Total: len(s.validators)}
	from := (*page - 1) * *perPage
	for i := from; i < min(from+*perPage, len(s.validators)); i++ {
		out.Validators = append(out.Validators, &cmttypes.Validator{Address: addressOf(s.validators[i])})
	}
	return out, nil
}

// play is a block with payments, that the named validators signed the block before.
func (n *fakeNode) play(m *Metrics, payments []gatewaytypes.PaymentRow, signed ...string) {
	n.t.Helper()
	n.height++
	commit := &cmttypes.Commit{Height: n.height - 1}
	if n.height > 1 {
		for _, name := range n.validators {
			flag := cmttypes.BlockIDFlagAbsent
			if slices.Contains(signed, name) {
				flag = cmttypes.BlockIDFlagCommit
			}
			commit.Signatures = append(commit.Signatures, cmttypes.CommitSig{BlockIDFlag: flag})
		}
	}
	block := &cmttypes.Block{
		Header:     cmttypes.Header{Height: n.height, Time: time.Unix(1_000+n.height, 0), ValidatorsHash: setHash(n.validators)},
		LastCommit: commit,
	}
	rows := index.Block{Height: n.height}
	for _, payment := range payments {
		rows.Payments = append(rows.Payments, index.Payment{PaymentRow: payment})
	}
	raw := &coretypes.ResultBlock{Block: block}
	m.Block(raw, &coretypes.ResultBlockResults{Height: n.height}, rows)
	m.Signatures(n.t.Context(), sets{n}, raw)
}

func paid(status, currency string) gatewaytypes.PaymentRow {
	return gatewaytypes.PaymentRow{Status: status, Currency: currency}
}

// scrape reads the text format as Prometheus does.
func scrape(t *testing.T, m *Metrics) map[string]*dto.MetricFamily {
	t.Helper()
	server := httptest.NewServer(m.Handler())
	defer server.Close()
	answer, err := http.Get(server.URL)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(string(text)))
	require.NoError(t, err)
	return families
}

// value is that of one series; labels are given as name, value, …
func value(t *testing.T, families map[string]*dto.MetricFamily, name string, labels ...string) float64 {
	t.Helper()
	family := families[name]
	require.NotNil(t, family, "%s is not exported", name)
	for _, metric := range family.Metric {
		if !matches(metric, labels) {
			continue
		}
		switch {
		case metric.Counter != nil:
			return metric.Counter.GetValue()
		case metric.Gauge != nil:
			return metric.Gauge.GetValue()
		case metric.Histogram != nil:
			return float64(metric.Histogram.GetSampleCount())
		}
	}
	t.Fatalf("%s has no series with %v: %v", name, labels, family.Metric)
	return 0
}

func matches(metric *dto.Metric, labels []string) bool {
	if len(metric.Label)*2 != len(labels) {
		return false
	}
	for i := 0; i < len(labels); i += 2 {
		found := false
		for _, label := range metric.Label {
			found = found || label.GetName() == labels[i] && label.GetValue() == labels[i+1]
		}
		if !found {
			return false
		}
	}
	return true
}

func TestAPlayedChainIsMeasured(t *testing.T) {
	m, n := New(), &fakeNode{t: t, validators: []string{"v1", "v2", "v4"}}
	n.play(m, nil)
	n.play(m, []gatewaytypes.PaymentRow{paid("ACSC", "CNY"), paid("ACSC", "CNY"), paid("RJCT", "CNY")}, "v1", "v2", "v4")
	n.play(m, []gatewaytypes.PaymentRow{paid("ACSC", "EUR")}, "v1", "v4")
	n.play(m, nil, "v1", "v4")
	m.sampleOnce(t.Context(), n, n, n)

	got := scrape(t, m)
	require.Equal(t, 2.0, value(t, got, "zhilian_payments_total", "status", "ACSC", "currency", "CNY"))
	require.Equal(t, 1.0, value(t, got, "zhilian_payments_total", "status", "RJCT", "currency", "CNY"))
	require.Equal(t, 1.0, value(t, got, "zhilian_payments_total", "status", "ACSC", "currency", "EUR"))
	require.Equal(t, 4.0, value(t, got, "zhilian_block_payments"))
	require.Equal(t, 4.0, got["zhilian_block_payments"].Metric[0].Histogram.GetSampleSum())
	require.Equal(t, 3.0, value(t, got, "zhilian_block_interval_seconds"))
	require.Equal(t, 3.0, got["zhilian_block_interval_seconds"].Metric[0].Histogram.GetSampleSum())
	require.Equal(t, 6.0, value(t, got, "zhilian_block_height"))
	require.Equal(t, 1004.5, value(t, got, "zhilian_block_timestamp_seconds"))
	require.Equal(t, 0.0, value(t, got, "zhilian_node_catching_up"))
	require.Equal(t, 4.0, value(t, got, "zhilian_index_height"))
	require.Equal(t, 2.0, value(t, got, "zhilian_index_lag_blocks"))
	require.Equal(t, 1.0, value(t, got, "zhilian_index_complete_from_height"))
	require.Equal(t, 3.0, value(t, got, "zhilian_peers"))
	require.Equal(t, 7.0, value(t, got, "zhilian_mempool_transactions"))
	require.Equal(t, 700.0, value(t, got, "zhilian_mempool_bytes"))
	require.Equal(t, 2.0, value(t, got, "zhilian_validators", "status", "active"))
	require.Equal(t, 1.0, value(t, got, "zhilian_validators", "status", "jailed"))
	require.Equal(t, 0.0, value(t, got, "zhilian_validators", "status", "expelled"))
	require.Equal(t, 0.0, value(t, got, "zhilian_validator_missed_blocks", "validator", "BQDQ"))
	require.Equal(t, 2.0, value(t, got, "zhilian_validator_missed_blocks", "validator", "LSHB"))
	require.Equal(t, 1.0, value(t, got, "zhilian_validator_last_signed_height", "validator", "LSHB"))
	require.Equal(t, 3.0, value(t, got, "zhilian_validator_last_signed_height", "validator", "BQDQ"))
	require.Equal(t, 3.0, value(t, got, "zhilian_validator_last_signed_height", "validator", addressOf("v4").String()), "no institution is known")
	require.Equal(t, 3.0, value(t, got, "zhilian_commit_validators"))
	require.Equal(t, 2.0, value(t, got, "zhilian_commit_signatures"))
	require.Contains(t, got, "go_goroutines", "what else the process measures is there too")
}

func TestTransactionsAreCountedByStageAndRegisteredError(t *testing.T) {
	m := New()
	m.Admitted()
	m.Refused(StageCheck, "access", 36)
	m.Refused(StageBlock, "settlement", 13)
	m.Refused(StageBlock, "settlement", 13)
	m.Waited(120 * time.Millisecond)
	m.FollowerFailed()
	for code := range uint32(1_000) {
		m.Refused(StageCheck, "made-up-"+fmt.Sprint(code), code)
		m.Refused(StageCheck, "access", 256+code)
	}
	got := scrape(t, m)
	require.Equal(t, 1.0, value(t, got, "zhilian_transactions_admitted_total"))
	require.Equal(t, 1.0, value(t, got, "zhilian_transactions_refused_total", "stage", "check", "codespace", "access", "code", "36"))
	require.Equal(t, 2.0, value(t, got, "zhilian_transactions_refused_total", "stage", "block", "codespace", "settlement", "code", "13"))
	require.Equal(t, 2_000.0, value(t, got, "zhilian_transactions_refused_total", "stage", "check", "codespace", "other", "code", "other"))
	require.Len(t, got["zhilian_transactions_refused_total"].Metric, 3)
	require.Equal(t, 1.0, value(t, got, "zhilian_index_follower_errors_total"))
	latency := got["zhilian_settlement_latency_seconds"].Metric[0].Histogram
	require.Equal(t, uint64(1), latency.GetSampleCount())
	for _, bucket := range latency.Bucket {
		require.Equal(t, bucket.GetUpperBound() >= 0.12, bucket.GetCumulativeCount() == 1, "bucket %g", bucket.GetUpperBound())
	}
}

func TestCurrenciesThatNobodyAdmittedShareALabel(t *testing.T) {
	m, n := New(), &fakeNode{t: t}
	var rejected []gatewaytypes.PaymentRow
	for i := range 26 {
		for j := range 26 {
			rejected = append(rejected, paid("RJCT", "X"+string(rune('A'+i))+string(rune('A'+j))))
		}
	}
	m.AdmitCurrencies("CNY")
	n.play(m, append(rejected, paid("RJCT", "CNY")))
	got := scrape(t, m)
	require.Len(t, got["zhilian_payments_total"].Metric, 2)
	require.Equal(t, 676.0, value(t, got, "zhilian_payments_total", "status", "RJCT", "currency", "other"))

	var settled []gatewaytypes.PaymentRow
	for i := range 100 {
		settled = append(settled, paid("ACSC", fmt.Sprintf("S%02d", i)))
	}
	n.play(m, settled)
	got = scrape(t, m)
	require.LessOrEqual(t, len(got["zhilian_payments_total"].Metric), maxCurrencies+3)
}

func TestWhatABlockRefusedAndRetiredIsCounted(t *testing.T) {
	m := New()
	event, err := sdk.TypedEventToEvent(&settlement.EventPaymentsRetired{Payments: 41})
	require.NoError(t, err)
	raw := &coretypes.ResultBlock{Block: &cmttypes.Block{Header: cmttypes.Header{Height: 5}}}
	m.Block(raw, &coretypes.ResultBlockResults{FinalizeBlockEvents: []abci.Event{{Type: "other"}, abci.Event(event)}}, index.Block{
		Height: 5, Refused: []index.RefusedTransaction{{Codespace: "settlement", Code: 13}}, Unread: []index.UnreadEvent{{}, {}},
	})
	got := scrape(t, m)
	require.Equal(t, 41.0, value(t, got, "zhilian_payments_retired_total"))
	require.Equal(t, 1.0, value(t, got, "zhilian_transactions_refused_total", "stage", "block", "codespace", "settlement", "code", "13"))
	require.Equal(t, 2.0, value(t, got, "zhilian_index_unread_events_total"))
}

func TestAValidatorThatLeavesTheSetLeavesNoSeriesBehind(t *testing.T) {
	m, n := New(), &fakeNode{t: t}
	for i := range 150 {
		n.validators = []string{"v1", fmt.Sprintf("guest-%d", i/3)}
		n.play(m, nil, "v1")
	}
	got := scrape(t, m)
	require.Len(t, got["zhilian_validator_missed_blocks"].Metric, 2)
	require.Equal(t, 0.0, value(t, got, "zhilian_validator_missed_blocks", "validator", addressOf("v1").String()))
	require.Len(t, m.liveness.records, 2)
}

func TestMissesLeaveTheWindowAgain(t *testing.T) {
	m, n := New(), &fakeNode{t: t, validators: []string{"v1", "v2"}}
	n.play(m, nil)
	for range 30 {
		n.play(m, nil, "v1")
	}
	missed := func() float64 {
		return value(t, scrape(t, m), "zhilian_validator_missed_blocks", "validator", addressOf("v2").String())
	}
	require.Equal(t, 30.0, missed())
	for range Window - 30 {
		n.play(m, nil, "v1", "v2")
	}
	require.Equal(t, 30.0, missed())
	for range 10 {
		n.play(m, nil, "v1", "v2")
	}
	require.Equal(t, 20.0, missed())
	for range 2 * Window {
		n.play(m, nil, "v1")
	}
	require.Equal(t, float64(Window), missed())
}

func TestTheNodeIsAskedForTheValidatorsOnlyWhenTheyChange(t *testing.T) {
	m, n := New(), &fakeNode{t: t, validators: []string{"v1"}}
	for range 50 {
		n.play(m, nil, "v1")
	}
	require.LessOrEqual(t, n.asked, 2)
	n.validators = manyNames(250) // three pages
	n.asked = 0
	for range 50 {
		n.play(m, nil, "w-0")
	}
	require.LessOrEqual(t, n.asked, 7)
	require.Equal(t, 250.0, value(t, scrape(t, m), "zhilian_commit_validators"))
}

func manyNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("w-%d", i)
	}
	return names
}

func TestANodeThatAnswersNothingIsCountedAndKeepsItsLastValues(t *testing.T) {
	m, n := New(), &fakeNode{t: t, validators: []string{"v1"}}
	n.play(m, nil, "v1")
	m.sampleOnce(t.Context(), n, n, n)
	n.failing = true
	n.height = 50
	m.sampleOnce(t.Context(), n, n, n)
	n.play(m, nil, "v1")
	got := scrape(t, m)
	require.Equal(t, 3.0, value(t, got, "zhilian_block_height"))
	for _, source := range []string{sourceNode, sourcePeers, sourceSets} {
		require.Equal(t, 1.0, value(t, got, "zhilian_sample_errors_total", "source", source), source)
	}
	for _, source := range []string{sourceMempool, sourceIndex, sourceValidators, sourceCurrencies} {
		require.Equal(t, 0.0, value(t, got, "zhilian_sample_errors_total", "source", source), source)
	}
}

func TestSubscribersAreMeasured(t *testing.T) {
	m := New()
	var meter live.Meter = m
	meter.Subscribers(12)
	meter.SubscriberDropped(live.DroppedSlow)
	meter.SubscriptionRefused(live.RefusedTotal)
	got := scrape(t, m)
	require.Equal(t, 12.0, value(t, got, "zhilian_subscribers"))
	require.Equal(t, 1.0, value(t, got, "zhilian_subscribers_dropped_total", "reason", "slow"))
	require.Equal(t, 0.0, value(t, got, "zhilian_subscribers_dropped_total", "reason", "silent"), "a series exists before its first event")
	require.Equal(t, 1.0, value(t, got, "zhilian_subscriptions_refused_total", "reason", "total"))
}

func TestManyMayMeasureAndScrapeAtOnce(t *testing.T) {
	m, n := New(), &fakeNode{t: t, validators: []string{"v1", "v2"}}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 500 {
				m.Admitted()
				m.Refused(StageCheck, "access", uint32(j%5))
				m.AdmitCurrencies(fmt.Sprintf("C%d%d", i, j%9))
				m.Waited(time.Millisecond)
			}
		})
	}
	group.Go(func() {
		for range 100 {
			n.play(m, []gatewaytypes.PaymentRow{paid("ACSC", "CNY")}, "v1")
			m.sampleOnce(context.Background(), n, n, n)
		}
	})
	group.Go(func() {
		for range 20 {
			_, err := m.Gather().Gather()
			require.NoError(t, err)
		}
	})
	group.Wait()
	got := scrape(t, m)
	require.Equal(t, 4_000.0, value(t, got, "zhilian_transactions_admitted_total"))
	require.Len(t, *m.currencies.Load(), maxCurrencies)
}

// everything makes every series exist.
func everything(t *testing.T) *Metrics {
	m, n := New(), &fakeNode{t: t, validators: []string{"v1"}}
	n.play(m, []gatewaytypes.PaymentRow{paid("ACSC", "CNY")}, "v1")
	n.play(m, nil, "v1")
	m.Refused(StageCheck, "access", 36)
	m.sampleOnce(t.Context(), n, n, n)
	return m
}

func TestNamesFollowTheConventions(t *testing.T) {
	problems, err := promlint.NewWithMetricFamilies(gathered(t, everything(t))).Lint()
	require.NoError(t, err)
	require.Empty(t, problems)
}

func gathered(t *testing.T, m *Metrics) []*dto.MetricFamily {
	t.Helper()
	families, err := m.Gather().Gather()
	require.NoError(t, err)
	for _, family := range families {
		require.True(t, strings.HasPrefix(family.GetName(), "zhilian_"), family.GetName())
	}
	return families
}

var metricName = regexp.MustCompile(`\bzhilian_[a-z0-9_]+\b`)

func TestTheExampleAlertsAndTheDocumentKnowOurMetricsAndNoOthers(t *testing.T) {
	exported := map[string]bool{}
	for _, family := range gathered(t, everything(t)) {
		exported[family.GetName()] = true
	}
	base := func(name string) string {
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			if trimmed := strings.TrimSuffix(name, suffix); exported[trimmed] {
				return trimmed
			}
		}
		return name
	}
	alerts, err := os.ReadFile("../../docs/monitoring/alerts.yml")
	require.NoError(t, err)
	used := metricName.FindAllString(string(alerts), -1)
	require.Greater(t, len(used), 8)
	for _, name := range used {
		require.True(t, exported[base(name)], "alerts.yml uses %s", name)
	}

	document, err := os.ReadFile("../../docs/monitoring.md")
	require.NoError(t, err)
	described := map[string]bool{}
	for _, name := range metricName.FindAllString(string(document), -1) {
		require.True(t, exported[base(name)], "monitoring.md describes %s", name)
		described[base(name)] = true
	}
	for name := range exported {
		require.True(t, described[name], "monitoring.md does not describe %s", name)
	}
	for _, alert := range regexp.MustCompile(`(?m)- alert: (\w+)`).FindAllStringSubmatch(string(alerts), -1) {
		require.Contains(t, string(document), "### "+alert[1], "monitoring.md does not say what to do about %s", alert[1])
	}
}

func TestPrometheusAcceptsTheExampleAlerts(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed")
	}
	for _, args := range [][]string{{"check", "rules", "alerts.yml"}, {"test", "rules", "alerts_test.yml"}} {
		command := exec.Command(promtool, args...)
		command.Dir = "../../docs/monitoring"
		output, err := command.CombinedOutput()
		require.NoError(t, err, "%s", output)
	}
}
