package iso20022_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/iso20022"
	"github.com/zhilian-network/zhilian/iso20022/money"
)

func TestHostileFilesAreRefusedQuickly(t *testing.T) {
	open := `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn>`
	cases := []struct{ name, document, why string }{
		{"an entity bomb", `<!DOCTYPE d [<!ENTITY a "` + strings.Repeat("x", 1000) + `">]>` + open + strings.Repeat("&a;", 100000), "DOCTYPE"},
		{"an external entity", `<!DOCTYPE d SYSTEM "file:///etc/passwd">` + open, "DOCTYPE"},
		{"deep nesting", strings.Repeat("<a>", 1_000_000), "deeper"},
		{"50 MB", strings.Repeat(" ", 50<<20), "52428800 bytes"},
		{"a million unknown elements", open + strings.Repeat("<x/>", 900_000) + "</CstmrCdtTrfInitn></Document>", "GrpHdr is expected"},
		{"a million wrappers side by side", "<w>" + strings.Repeat("<w/>", 900_000) + "</w>", "no element Document"},
		{"a CNAPS2 frame", "{H:02102100099996  HVPS\r\n{S:}\r\n" + open, "CNAPS2"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			rejection := rejected(t, c.document)
			require.Equal(t, "FF01", rejection.Reason)
			require.Contains(t, rejection.Text, c.why)
			require.Less(t, time.Since(start), 5*time.Second)
		})
	}
}

func TestTheSizeLimitCanBeSet(t *testing.T) {
	document := fixture(t, "pain001v09")
	_, err := iso20022.Parse([]byte(document), iso20022.WithMaxBytes(len(document)), iso20022.WithNow(fixtureDay))
	require.NoError(t, err)
	_, err = iso20022.Parse([]byte(document), iso20022.WithMaxBytes(len(document)-1))
	require.ErrorContains(t, err, "bytes")
}

func TestAFileCutAnywhereIsRefused(t *testing.T) {
	for _, name := range fixtures {
		document := strings.TrimRight(fixture(t, name), "\n")
		for i := range len(document) {
			require.Equal(t, "FF01", rejected(t, document[:i]).Reason)
		}
	}
}

func TestManyRefusalsCostNoMoreThanLinearTime(t *testing.T) {
	one := `<CdtTrfTxInf><PmtId><EndToEndId>E</EndToEndId></PmtId><Amt><InstdAmt Ccy="CNY">1</InstdAmt></Amt></CdtTrfTxInf>`
	document := fixture(t, "pain001v09")
	head, rest, _ := strings.Cut(document, "<CdtTrfTxInf>")
	tail := rest[strings.LastIndex(rest, "</CdtTrfTxInf>")+len("</CdtTrfTxInf>"):]
	head = strings.NewReplacer("<NbOfTxs>2", "<NbOfTxs>20000", "350.50", "20000", "350.5", "20000").Replace(head)
	start := time.Now()
	m := accepted(t, head+strings.Repeat(one, 20000)+tail)
	require.Less(t, time.Since(start), 10*time.Second)
	require.Len(t, m.Transfers(), 20000)
	require.Equal(t, "PmtInf/CdtTrfTxInf[20000]", m.Transfers()[19999].Refusal.Path)
}

func TestMutatedFilesNeverPanicOrContradictThemselves(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	for _, name := range fixtures {
		original := fixture(t, name)
		for range rounds {
			mutated := []byte(original)
			for range 1 + random.IntN(4) {
				mutate(random, &mutated)
			}
			requireConsistent(t, mutated)
		}
	}
}

func mutate(random *rand.Rand, data *[]byte) {
	d := *data
	at := random.IntN(len(d))
	switch random.IntN(4) {
	case 0:
		d[at] = byte(random.IntN(256))
	case 1:
		d = append(d[:at:at], d[min(len(d), at+1+random.IntN(20)):]...)
	case 2:
		end := min(len(d), at+random.IntN(60))
		d = append(d[:end:end], d[at:]...)
	case 3:
		d[at] = "0123456789<>&;\"' .-+AZ"[random.IntN(22)]
	}
	if len(d) > 0 {
		*data = d
	}
}

// requireConsistent parses and checks that the answer is a rejection with a
// reason, or a message whose numbers agree.
func requireConsistent(t *testing.T, data []byte) {
	t.Helper()
	m, err := iso20022.Parse(data, iso20022.WithNow(fixtureDay))
	if err != nil {
		var rejection *iso20022.Rejection
		if !errors.As(err, &rejection) || rejection.Reason == "" || rejection.Text == "" {
			t.Fatalf("%q: an unexplained error: %v", data, err)
		}
		return
	}
	transfers, sum := m.Transfers(), money.Decimal{}
	for i, transfer := range transfers {
		if transfer == nil || transfer.Index != i || !transfer.Amount.Minor.IsInt64() || !transfer.Amount.Minor.IsPositive() {
			t.Fatalf("%q: transfer %d is %+v", data, i, transfer)
		}
		exact, _ := money.ParseDecimal(money.FormatMinor(transfer.Amount.Currency, transfer.Amount.Minor), 18, 5)
		sum = sum.Add(exact)
	}
	declared, err := money.ParseDecimal(m.OriginalCtrlSum, 18, 17)
	if m.OriginalCtrlSum != "" && (err != nil || !declared.Equal(sum)) {
		t.Fatalf("%q: announces %s and pays %s", data, m.OriginalCtrlSum, sum)
	}
	if strings.TrimLeft(m.OriginalNbOfTxs, "0") != decimal(len(transfers)) {
		t.Fatalf("%q: announces %s transfers and has %d", data, m.OriginalNbOfTxs, len(transfers))
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range fixtures {
		f.Add([]byte(fixture(f, name)))
	}
	f.Fuzz(func(t *testing.T, data []byte) { requireConsistent(t, data) })
}
