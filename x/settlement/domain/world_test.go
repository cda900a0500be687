package domain_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"time"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// world is a small network in memory: it gives Decide its facts and carries its plans out.
type world struct {
	settled  map[string]bool
	accounts map[string]types.Account
	money    map[holding]math.Int // what accounts hold
	reserves map[holding]math.Int // what banks hold
	supply   map[string]math.Int
	payments map[types.PaymentID]types.Payment
	names    map[types.PaymentID]types.PaymentID
	files    map[string][]byte
	height   int64
}

type holding struct{ holder, denom string }

func newWorld(currencies ...string) *world {
	w := &world{
		settled: map[string]bool{}, accounts: map[string]types.Account{},
		money: map[holding]math.Int{}, reserves: map[holding]math.Int{}, supply: map[string]math.Int{},
		payments: map[types.PaymentID]types.Payment{}, names: map[types.PaymentID]types.PaymentID{},
		files: map[string][]byte{}, height: 1,
	}
	for _, currency := range currencies {
		w.settled[currency] = true
	}
	return w
}

func (w *world) open(name, bank string, status types.AccountStatus, currencies ...string) {
	w.accounts[name] = types.Account{Address: name, InstitutionId: bank, PartyId: name, Currencies: currencies, Status: status}
}

func (w *world) deposit(account, currency string, amount int64) {
	denom := types.DepositDenom(w.accounts[account].InstitutionId, currency)
	w.change(w.money, holding{account, denom}, amount)
	w.supply[denom] = zeroIfNil(w.supply[denom]).AddRaw(amount)
}

func (w *world) endow(bank, currency string, amount int64) {
	denom := types.ReserveDenom(currency)
	w.change(w.reserves, holding{bank, denom}, amount)
	w.supply[denom] = zeroIfNil(w.supply[denom]).AddRaw(amount)
}

func (w *world) change(book map[holding]math.Int, key holding, amount int64) {
	book[key] = zeroIfNil(book[key]).AddRaw(amount)
}

func zeroIfNil(amount math.Int) math.Int {
	if amount.IsNil() {
		return math.ZeroInt()
	}
	return amount
}

// addressOf stands in for the bytes of an account's address.
func addressOf(name string) []byte { return []byte("account " + name) }

func digestOf(text string) []byte {
	if text == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// request is a batch before it has lines.
type request struct {
	debtor, currency string
	transfers        []types.Transfer
	mode             types.BatchMode
	file, content    string
	single           bool
}

func (w *world) batch(r request) domain.Batch {
	lines, err := domain.Lines(addressOf(r.debtor), r.transfers)
	if err != nil {
		panic(err)
	}
	return domain.Batch{
		Operator: "operator", Debtor: r.debtor, Currency: r.currency, Lines: lines, Mode: r.mode,
		InstructionDigest: digestOf(r.file), ContentDigest: digestOf(r.content), Single: r.single,
	}
}

func (w *world) facts(b domain.Batch) domain.Facts {
	debtor := w.accounts[b.Debtor]
	return domain.Facts{
		CurrencySettled: w.settled[b.Currency],
		Debtor:          debtor,
		Balance:         zeroIfNil(w.money[holding{b.Debtor, types.DepositDenom(debtor.InstitutionId, b.Currency)}]),
		Reserve:         zeroIfNil(w.reserves[holding{debtor.InstitutionId, types.ReserveDenom(b.Currency)}]),
		Creditors:       w.accounts,
		Payments:        w.payments,
		Names:           w.names,
		ContentDigest:   w.files[string(types.FileKey(b.Debtor, b.InstructionDigest))],
		Height:          w.height,
		Time:            time.Unix(w.height, 0).UTC(),
	}
}

// decide decides a request and carries the plan out. A refused single payment leaves no trace.
func (w *world) decide(r request) (domain.Plan, error) {
	batch := w.batch(r)
	decide := domain.Decide
	if r.single {
		decide = domain.DecidePayment
	}
	plan, err := decide(batch, w.facts(batch))
	if err != nil {
		return plan, err
	}
	return plan, w.apply(plan)
}

func (w *world) apply(plan domain.Plan) error {
	if err := w.post(plan.Posting); err != nil {
		return err
	}
	for _, id := range plan.Removed {
		if _, exists := w.payments[id]; !exists {
			return fmt.Errorf("plan removes %s, which does not exist", id.UETR())
		}
		delete(w.payments, id)
	}
	for _, derived := range plan.RemovedNames {
		delete(w.names, derived)
	}
	for _, stored := range plan.Payments {
		if stored.Payment.Uetr != stored.ID.UETR() {
			return fmt.Errorf("payment %s stands under %s", stored.Payment.Uetr, stored.ID.UETR())
		}
		w.payments[stored.ID] = stored.Payment
	}
	for _, name := range plan.Names {
		w.names[name.Derived] = name.ID
	}
	if plan.Instruction != nil {
		w.files[string(plan.Instruction.Digest)] = plan.Instruction.ContentDigest
	}
	return nil
}

func (w *world) post(p domain.Posting) error {
	for _, book := range []struct {
		entries []domain.Entry
		target  map[holding]math.Int
	}{{p.Deposits, w.money}, {p.Reserves, w.reserves}} {
		for _, e := range book.entries {
			after := zeroIfNil(book.target[holding{e.Holder, e.Denom}]).Add(e.Delta)
			if after.IsNegative() {
				return fmt.Errorf("%s would hold %s %s", e.Holder, after, e.Denom)
			}
			book.target[holding{e.Holder, e.Denom}] = after
		}
	}
	for _, e := range p.Supply {
		w.supply[e.Denom] = zeroIfNil(w.supply[e.Denom]).Add(e.Delta)
	}
	return nil
}

// audit checks the books and the names of the whole world.
func (w *world) audit() error {
	sums := map[string]math.Int{}
	for _, book := range []map[holding]math.Int{w.money, w.reserves} {
		for key, amount := range book {
			sums[key.denom] = zeroIfNil(sums[key.denom]).Add(amount)
		}
	}
	for denom, supply := range w.supply {
		if !zeroIfNil(sums[denom]).Equal(supply) {
			return fmt.Errorf("supply of %s is %s, held are %s", denom, supply, sums[denom])
		}
	}
	return w.auditNames()
}

// auditNames makes sure that the second name of every payment leads to it, and that there is no other.
func (w *world) auditNames() error {
	seen := map[string]bool{}
	named := 0
	for id, payment := range w.payments {
		key := payment.Debtor + string(payment.EndToEndDigest)
		if seen[key] {
			return fmt.Errorf("two payments of %s have one end-to-end id", payment.Debtor)
		}
		seen[key] = true
		derived := types.DerivePaymentID(addressOf(payment.Debtor), payment.EndToEndDigest)
		if derived == id {
			if _, exists := w.names[derived]; exists {
				return fmt.Errorf("payment %s has a name it does not need", id.UETR())
			}
			continue
		}
		named++
		if w.names[derived] != id {
			return fmt.Errorf("payment %s is not found by its end-to-end id", id.UETR())
		}
	}
	if named != len(w.names) {
		return fmt.Errorf("%d names for %d payments", len(w.names), named)
	}
	return nil
}

// total adds up the deposit money of all banks in a currency.
func (w *world) total(currency string) math.Int {
	sum := math.ZeroInt()
	for denom, supply := range w.supply {
		if denom != types.ReserveDenom(currency) && bytes.HasSuffix([]byte(denom), []byte("/"+currency)) {
			sum = sum.Add(supply)
		}
	}
	return sum
}

func (w *world) clone() *world {
	c := *w
	c.accounts, c.settled = maps.Clone(w.accounts), maps.Clone(w.settled)
	c.money, c.reserves, c.supply = maps.Clone(w.money), maps.Clone(w.reserves), maps.Clone(w.supply)
	c.payments, c.names, c.files = maps.Clone(w.payments), maps.Clone(w.names), maps.Clone(w.files)
	return &c
}

func (w *world) accountNames() []string { return slices.Sorted(maps.Keys(w.accounts)) }
