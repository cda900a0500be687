package types

// Permissions that roles give for this module.
const (
	// PermissionPay lets an operator instruct payments from accounts in its scope.
	PermissionPay = "settlement.pay"
	// PermissionCollect lets an operator collect, or give up, money that others have set aside for accounts in
	// its scope.
	PermissionCollect = "settlement.collect"
	// PermissionDeposit lets a bank's operator issue and redeem deposit money.
	PermissionDeposit = "settlement.deposit"
	// PermissionReserve lets a central bank's operator issue and redeem reserves.
	PermissionReserve = "settlement.reserve"
	// PermissionAccount lets a bank's operator open, block and close accounts.
	PermissionAccount = "settlement.account"
	// PermissionRead lets an operator read payments, accounts and balances of its scope. The read door asks
	// for it; no message does.
	PermissionRead = "settlement.read"
	// PermissionSupervise lets a regulator's operator read how much money there is of every institution. The
	// read door asks for it; no message does, and access gives it at regulators only.
	PermissionSupervise = "settlement.supervise"
)
