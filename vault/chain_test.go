package vault

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/zhilian-network/zhilian/gateway/client"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

func TestListsAreWalkedPageByPage(t *testing.T) {
	all := make([]int, 450)
	for i := range all {
		all[i] = i
	}
	asked := 0
	page := func(request *query.PageRequest) ([]int, *query.PageResponse, error) {
		asked++
		from := 0
		if len(request.Key) > 0 {
			from = int(request.Key[0])<<8 | int(request.Key[1])
		}
		to := min(from+int(request.Limit), len(all))
		answer := &query.PageResponse{}
		if to < len(all) {
			answer.NextKey = []byte{byte(to >> 8), byte(to)}
		}
		return all[from:to], answer, nil
	}
	for _, c := range []struct {
		limit, rows, pages int
		more               bool
	}{{1, 1, 1, true}, {200, 200, 1, true}, {201, 201, 2, true}, {449, 449, 3, true}, {450, 450, 3, false}, {1000, 450, 3, false}} {
		asked = 0
		rows, more, err := collect(c.limit, page)
		require.NoError(t, err)
		require.Equal(t, all[:c.rows], rows)
		require.Equal(t, c.more, more, c.limit)
		require.Equal(t, c.pages, asked, c.limit)
	}
}

func TestANodeThatGivesEmptyPagesIsNotFollowed(t *testing.T) {
	asked := 0
	_, more, err := collect(10, func(*query.PageRequest) ([]int, *query.PageResponse, error) {
		asked++
		return nil, &query.PageResponse{NextKey: []byte{1}}, nil
	})
	require.NoError(t, err)
	require.True(t, more)
	require.Equal(t, 1, asked)

	rows, _, err := collect(10, func(*query.PageRequest) ([]int, *query.PageResponse, error) {
		return make([]int, 500), nil, nil
	})
	require.NoError(t, err)
	require.Len(t, rows, 10, "nor one that gives more than was asked for")
	_, _, err = collect(10, func(*query.PageRequest) ([]int, *query.PageResponse, error) { return nil, nil, errors.New("no") })
	require.Error(t, err)
}

func TestTheAnswerToAMessageIsReadFromItsTransaction(t *testing.T) {
	answer, err := codectypes.NewAnyWithValue(&types.MsgPutResponse{RecordId: 7})
	require.NoError(t, err)
	data, err := (&sdk.TxMsgData{MsgResponses: []*codectypes.Any{answer}}).Marshal()
	require.NoError(t, err)
	var response types.MsgPutResponse
	require.NoError(t, client.Receipt{Data: data}.Read(&response))
	require.Equal(t, uint64(7), response.RecordId)
	for name, broken := range map[string][]byte{"junk": {0xff}, "nothing": nil} {
		require.Error(t, client.Receipt{Data: broken}.Read(&response), name)
	}
}

func TestMediaTypesAreThoseOfTheLedger(t *testing.T) {
	for name, want := range map[string]string{"a.PDF": "application/pdf", "b.xml": "application/xml", "c": "text/plain", "d.xlsx": "application/zip"} {
		head := []byte("plain words")
		if want == "application/zip" {
			head = []byte("PK\x03\x04")
		}
		require.Equal(t, want, guessMediaType(name, head), name)
	}
	require.Equal(t, "application/octet-stream", guessMediaType("x", []byte{0, 1, 2, 3}))
}
