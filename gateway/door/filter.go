package door

import (
	"context"
	"slices"

	gatewayv1 "github.com/zhilian-network/zhilian/api/zhilian/gateway/v1"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// findPayments is the one query whose answer may be of many: what it finds by a digest or a transaction
// may have other payers and payees. Its rows are filtered.
const findPayments = "/zhilian.gateway.v1.Query/FindPayments"

// filtered takes the place of an explanation that is about more than the rows that are left.
const filtered = "There may be payments that you may not read."

// isList says whether a query's rows are filtered instead of its request refused.
func isList(method string) bool { return method == findPayments }

// Filter takes out of an answer what its caller may not read. What is left looks as if there were no more.
func (d *Door) Filter(token, method string, response any) error {
	if !isList(method) || d.isNode(token) {
		return nil
	}
	permission, sensitive := d.config.Rules.Of(method)
	if !sensitive {
		return nil
	}
	operator, err := d.Operator(token)
	if err != nil {
		return err
	}
	ctx, err := d.config.State.Context()
	if err != nil {
		return err
	}
	seen := reader{door: d, ctx: ctx, operator: operator, permission: permission, known: map[string]bool{}}
	switch answer := response.(type) {
	case *gatewayv1.QueryFindPaymentsResponse:
		found := len(answer.Payments)
		answer.Payments = slices.DeleteFunc(answer.Payments, func(p *gatewayv1.PaymentRow) bool {
			return !seen.may(p.GetDebtor(), p.GetCreditor())
		})
		if len(answer.Payments) < found {
			answer.Explanation = filtered
		}
	case *gatewaytypes.QueryFindPaymentsResponse:
		found := len(answer.Payments)
		answer.Payments = slices.DeleteFunc(answer.Payments, func(p gatewaytypes.PaymentRow) bool {
			return !seen.may(p.Debtor, p.Creditor)
		})
		if len(answer.Payments) < found {
			answer.Explanation = filtered
		}
	}
	return seen.err
}

// reader asks once for each account of an answer.
type reader struct {
	door       *Door
	ctx        context.Context
	operator   string
	permission string
	known      map[string]bool
	err        error
}

func (r *reader) may(accounts ...string) bool { return slices.ContainsFunc(accounts, r.account) }

func (r *reader) account(address string) bool {
	if allowed, asked := r.known[address]; asked {
		return allowed
	}
	var scopes []accesstypes.Scope
	scopes, err := r.door.config.Books.Account(r.ctx, address)
	if err != nil {
		r.err = err
		return false
	}
	allowed := r.door.mayRead(r.ctx, r.operator, r.permission, scopes) == nil
	r.known[address] = allowed
	return allowed
}
