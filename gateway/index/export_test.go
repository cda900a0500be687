package index

import "google.golang.org/protobuf/encoding/protowire"

// RememberAccounts bounds what the writer remembers of accounts, so that a test sees it forget.
func (s *Store) RememberAccounts(most int) { s.accounts.most = most }

// DetailsTogether is when a row of details is full.
const DetailsTogether = detailsTogether

// CarrierURLs are the messages that carry details.
func CarrierURLs() []string {
	var urls []string
	for url := range carriers {
		urls = append(urls, url)
	}
	return urls
}

// CarrierFields are the numbers of a carrier's fields.
func CarrierFields(url string) (transfers, details, groups protowire.Number) {
	c := carriers[url]
	return c.transfers, c.details, c.groups
}

// CarriedBy gives the digests and envelopes in a message, as they are found where they lie and as they are when
// the message is decoded whole.
func CarriedBy(url string, message []byte) (scanned, decoded [][2][]byte, quick, readable bool) {
	found, quick := carriers[url].scan(message)
	groups, envelopes, err := carriers[url].decode(message)
	if err != nil {
		return pairs(found), nil, quick, false
	}
	whole, ok := encodeCarried(groups, envelopes)
	return pairs(found), pairs(whole), quick, ok
}

func pairs(details []carriedDetails) [][2][]byte {
	var all [][2][]byte
	for _, one := range details {
		all = append(all, [2][]byte{one.digest, one.Envelope})
	}
	return all
}
