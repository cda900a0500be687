package identifier

const cnapsLength = 12

// CheckCNAPS checks a bank number of the Chinese national payment system
// (支付系统行号): 12 digits whose last is an ISO 7064 MOD 11,10 check digit.
func CheckCNAPS(s string) error {
	if len(s) != cnapsLength {
		return wrongLength("CNAPS", cnapsLength, len(s))
	}
	carry := 10
	for i := range cnapsLength {
		if !isDigit(s[i]) {
			return &Error{"CNAPS", "only digits are allowed"}
		}
		if i == cnapsLength-1 {
			break
		}
		sum := (carry + int(s[i]-'0')) % 10
		if sum == 0 {
			sum = 10
		}
		carry = sum * 2 % 11
	}
	if (carry+int(s[cnapsLength-1]-'0'))%10 != 1 {
		return &Error{"CNAPS", "the check digit does not match"}
	}
	return nil
}
