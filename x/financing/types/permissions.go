package types

// Permissions that roles give for this module.
const (
	// PermissionIssue lets an operator issue receivables of a supplier, and take them back.
	PermissionIssue = "financing.issue"
	// PermissionConfirm lets an operator confirm, refuse and pay receivables of a debtor.
	PermissionConfirm = "financing.confirm"
	// PermissionTransfer lets an operator split, transfer, pledge and give back units of a holder.
	PermissionTransfer = "financing.transfer"
	// PermissionRequest lets an operator ask lenders for finance, take that back, and decline offers.
	PermissionRequest = "financing.request"
	// PermissionOffer lets an operator of a lender bid.
	PermissionOffer = "financing.offer"
	// PermissionAccept lets an operator of a borrower accept offers.
	PermissionAccept = "financing.accept"
	// PermissionBorrow lets an operator draw and repay loans of a borrower.
	PermissionBorrow = "financing.borrow"
	// PermissionLend lets an operator promise loans for a lender, and give payments back.
	PermissionLend = "financing.lend"
	// PermissionRisk lets a risk officer of a lender set its limits and write off loans.
	PermissionRisk = "financing.risk"
	// PermissionRead lets an operator read what it is a party to.
	PermissionRead = "financing.read"
)
