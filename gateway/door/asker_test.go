package door

import (
	"context"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// guard is a node as a command sees it: it wants one of its tokens, or answers everyone.
type guard struct {
	open   bool
	tokens map[string]bool
	given  int
	// asked are the tokens that came with queries, in order.
	asked []string
	fails error
}

func (g *guard) enter(context.Context, Reader) (Token, error) {
	if g.fails != nil {
		return Token{}, g.fails
	}
	g.given++
	token := hex.EncodeToString([]byte{byte(g.given)})
	g.tokens[token] = true
	return Token{Token: token, Operator: "zhilian1me", ExpiresAt: time.Now().Add(TokenLifetime)}, nil
}

func (g *guard) answer(token string) verdict {
	g.asked = append(g.asked, token)
	if g.open || g.tokens[token] {
		return answered
	}
	return wantsKey
}

const sensitiveQuery, publicQuery, votersQuery = "/zhilian.settlement.v1.Query/Payment", "/zhilian.settlement.v1.Query/Currencies",
	"/zhilian.consortium.v1.Query/Proposals"

func command(folder string, key error) *asker {
	return &asker{
		rules: ProtoRules{}, masked: map[string]bool{}, cache: tokenCache{folder: folder, node: "tcp://node:1"},
		reader: func() (Reader, error) { return Reader{Name: "me", Address: "zhilian1me"}, key },
	}
}

func (g *guard) ask(a *asker, method string) (got verdict, err error) {
	err = a.through(context.Background(), method, g.enter, func(token string) verdict {
		got = g.answer(token)
		return got
	})
	return got, err
}

func TestACommandGetsATokenOnlyWhereTheNodeWantsOne(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "tokens")
	node := &guard{tokens: map[string]bool{}}

	got, err := node.ask(command(folder, errNoKey), sensitiveQuery)
	require.NoError(t, err, "the node's own words say what to do")
	require.Equal(t, wantsKey, got)

	first := command(folder, nil)
	got, err = node.ask(first, sensitiveQuery)
	require.NoError(t, err)
	require.Equal(t, answered, got)
	_, err = node.ask(first, sensitiveQuery)
	require.NoError(t, err)
	_, err = node.ask(command(folder, nil), sensitiveQuery)
	require.NoError(t, err)
	require.Equal(t, 1, node.given, "the next query and the next command use the same token")
	_, err = node.ask(first, publicQuery)
	require.NoError(t, err)
	require.Equal(t, []string{"", "", "01", "01", "01", ""}, node.asked, "a public query tells nothing of who asks")

	everyone := &guard{open: true, tokens: map[string]bool{}}
	_, err = everyone.ask(command(filepath.Join(t.TempDir(), "none"), nil), sensitiveQuery)
	require.NoError(t, err)
	require.Zero(t, everyone.given)
}

func TestANodeThatStartedAnewGetsANewSignature(t *testing.T) {
	folder := t.TempDir()
	node := &guard{tokens: map[string]bool{}}
	_, err := node.ask(command(folder, nil), sensitiveQuery)
	require.NoError(t, err)
	clear(node.tokens)
	got, err := node.ask(command(folder, nil), sensitiveQuery)
	require.NoError(t, err)
	require.Equal(t, answered, got)
	require.Equal(t, []string{"", "01", "01", "02"}, node.asked)

	node.fails = errors.New("operator is not active")
	clear(node.tokens)
	_, err = node.ask(command(folder, nil), sensitiveQuery)
	require.ErrorContains(t, err, "prove the key me to the node: operator is not active")
}

func TestAMaskedAnswerIsAskedForAgainWithTheKeyThatMayReadIt(t *testing.T) {
	a := command(t.TempDir(), nil)
	var asked []string
	answer := func(token string) verdict {
		asked = append(asked, token)
		if token == "" {
			return masked
		}
		return answered
	}
	node := &guard{tokens: map[string]bool{}}
	require.NoError(t, a.through(context.Background(), votersQuery, node.enter, answer))
	require.Equal(t, []string{"", "01"}, asked)
	require.False(t, a.wasMasked(votersQuery))

	// Whose key opens nothing still reads what is public.
	node.fails = errors.New("operator is not registered")
	other := command(t.TempDir(), nil)
	require.NoError(t, other.through(context.Background(), votersQuery, node.enter, answer))
	require.True(t, other.wasMasked(votersQuery))
}

func TestTokensInFilesAreForTheirOwnerAndEnd(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "tokens")
	cache := tokenCache{folder: folder, node: "tcp://node:1"}
	cache.put(Token{Token: "secret", Operator: "zhilian1me", ExpiresAt: time.Now().Add(TokenLifetime)})
	require.Equal(t, "secret", cache.get("zhilian1me").Token)
	require.Empty(t, cache.get("zhilian1other").Token)
	require.Empty(t, tokenCache{folder: folder, node: "tcp://node:2"}.get("zhilian1me").Token, "a token is one node's")
	info, err := os.Stat(cache.file("zhilian1me"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
	info, err = os.Stat(folder)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700)|os.ModeDir, info.Mode())

	past := time.Now().Add(-TokenLifetime - time.Minute)
	require.NoError(t, os.Chtimes(cache.file("zhilian1me"), past, past))
	cache.put(Token{Token: "next", Operator: "zhilian1other", ExpiresAt: time.Now().Add(refreshBefore - time.Second)})
	require.Empty(t, cache.get("zhilian1me").Token, "what has expired is removed")
	a := command(folder, nil)
	a.reader = func() (Reader, error) { return Reader{Address: "zhilian1other"}, nil }
	require.Empty(t, a.held(), "a token about to end is not used")
}
