package dispute

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/zhilian-network/zhilian/gateway/client"
	"github.com/zhilian-network/zhilian/iso20022/money"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

const (
	flagGrant     = "grant"
	flagFrivolous = "frivolous"
)

func (t tool) newVoteCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "vote CASE",
		Short: "Commit to a vote as a member of the panel, and keep it on this machine until it is revealed",
		Long: `Commit to a vote as a member of the panel. The network gets a digest; the vote and its salt are kept in
HOME/dispute, and "zhiliand dispute reveal" tells them when all have committed. Of each remedy that is not named
nothing is granted.`,
		Example: `  zhiliand dispute vote 7 --grant 0=600.00 --grant 1 --from arbitrator
  zhiliand dispute vote 7 --frivolous --from arbitrator`,
		Args: cobra.ExactArgs(1),
		RunE: t.vote,
	}
	addFlags(command)
	command.Flags().StringArray(flagGrant, nil, "number of a remedy, for all of it, or NUMBER=AMOUNT for a part of a refund; may be repeated")
	command.Flags().Bool(flagFrivolous, false, "nothing is granted, and no honest claimant would have brought the case")
	return command
}

// keptVote is a vote that was committed to.
type keptVote struct {
	Vote types.Award `json:"vote"`
	Salt []byte      `json:"salt"`
}

func (t tool) vote(command *cobra.Command, arguments []string) error {
	s, err := t.begin(command)
	if err != nil {
		return err
	}
	number, err := parseNumber("a case", arguments[0])
	if err != nil {
		return err
	}
	return s.vote(number)
}

func (s *session) vote(number uint64) error {
	found, err := s.chain.Case(s.ctx(), number)
	if err != nil {
		return plain(err)
	}
	vote, err := s.grants(found.Case)
	if err != nil {
		return err
	}
	kept := keptVote{Vote: vote, Salt: make([]byte, types.CommitmentLength)}
	if _, err := rand.Read(kept.Salt); err != nil {
		return err
	}
	path := s.votePath(found.Case)
	if err := keep(path, kept); err != nil {
		return err
	}
	commitment := types.VoteCommitment(number, found.Case.Instance, s.chain.Address(), vote, kept.Salt)
	var response types.MsgCommitVoteResponse
	receipt, err := s.chain.Send(s.ctx(), &types.MsgCommitVote{Operator: s.chain.Address(), CaseId: number, Commitment: commitment}, &response)
	var refused *client.Refused
	if errors.As(err, &refused) { // the network has no commitment to it
		return errors.Join(plain(err), os.Remove(path))
	}
	if err != nil {
		return plain(err)
	}
	text := fmt.Sprintf("Committed in case %d to: %s. Kept in %s", number, awardText(found.Case, vote), path)
	return s.told(text, number, response.Status, receipt)
}

// told prints what a vote did.
func (s *session) told(text string, number uint64, status types.CaseStatus, receipt client.Receipt) error {
	answer := struct {
		Case   uint64 `json:"case_id"`
		Status string `json:"status"`
		TxHash string `json:"tx_hash"`
		Height int64  `json:"height"`
	}{number, statusWord(status), receipt.TxHash, receipt.Height}
	return s.print(answer, func(w io.Writer) error {
		if err := say(w, "%s", text); err != nil {
			return err
		}
		return say(w, "  the case is %s; transaction %s in block %d", answer.Status, receipt.TxHash, receipt.Height)
	})
}

// grants is the vote that the flags say, in the order of the remedies.
func (s *session) grants(c types.Case) (types.Award, error) {
	frivolous, err := s.command.Flags().GetBool(flagFrivolous)
	if err != nil {
		return types.Award{}, err
	}
	vote := types.Award{Frivolous: frivolous}
	texts, err := s.command.Flags().GetStringArray(flagGrant)
	if err != nil {
		return vote, err
	}
	for _, text := range texts {
		grant, err := parseGrant(c, text)
		if err != nil {
			return vote, err
		}
		vote.Grants = append(vote.Grants, grant)
	}
	slices.SortFunc(vote.Grants, func(a, b types.Grant) int { return int(a.Remedy) - int(b.Remedy) })
	return vote, nil
}

func parseGrant(c types.Case, text string) (types.Grant, error) {
	number, amount, hasAmount := strings.Cut(text, "=")
	at, err := strconv.ParseUint(number, 10, 32)
	if err != nil || at >= uint64(len(c.Remedies)) {
		return types.Grant{}, usagef("--%s %s: case %d has remedies 0 to %d", flagGrant, text, c.Id, len(c.Remedies)-1)
	}
	remedy := c.Remedies[at]
	grant := types.Grant{Remedy: uint32(at), Amount: remedy.Amount}
	if !hasAmount {
		return grant, nil
	}
	if !remedy.Kind.HasAmount() {
		return grant, usagef("--%s %s: only a refund and a penalty are granted in part", flagGrant, text)
	}
	if grant.Amount, err = money.ParseMinor(c.Claimants[remedy.Claimant].Currency, amount); err != nil {
		return grant, usagef("--%s %s: %v", flagGrant, text, err)
	}
	return grant, nil
}

// votePath is where the vote of a key in an instance is kept.
func (s *session) votePath(c types.Case) string {
	return filepath.Join(s.clientCtx.HomeDir, "dispute", fmt.Sprintf("vote-%d-%d-%s.json", c.Id, c.Instance, s.chain.Address()))
}

// keep writes a vote for its owner's eyes only, before it is sent: a salt that is lost is a vote that is lost.
// One that is there already was committed to.
func keep(path string, kept keptVote) error {
	text, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("a vote is kept already, and may be committed to: %w", err)
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}

func (t tool) newRevealCommand() *cobra.Command {
	command := &cobra.Command{
		Use:     "reveal CASE",
		Short:   "Tell the vote that was committed to on this machine",
		Example: `  zhiliand dispute reveal 7 --from arbitrator`,
		Args:    cobra.ExactArgs(1),
		RunE:    t.reveal,
	}
	addFlags(command)
	return command
}

func (t tool) reveal(command *cobra.Command, arguments []string) error {
	s, err := t.begin(command)
	if err != nil {
		return err
	}
	number, err := parseNumber("a case", arguments[0])
	if err != nil {
		return err
	}
	return s.reveal(number)
}

func (s *session) reveal(number uint64) error {
	found, err := s.chain.Case(s.ctx(), number)
	if err != nil {
		return plain(err)
	}
	text, err := os.ReadFile(s.votePath(found.Case))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w (%s)", ErrNoVote, s.votePath(found.Case))
	}
	if err != nil {
		return err
	}
	var kept keptVote
	if err := json.Unmarshal(text, &kept); err != nil {
		return fmt.Errorf("%s: %w", s.votePath(found.Case), err)
	}
	var response types.MsgRevealVoteResponse
	receipt, err := s.chain.Send(s.ctx(), &types.MsgRevealVote{Operator: s.chain.Address(), CaseId: number, Vote: kept.Vote, Salt: kept.Salt}, &response)
	if err != nil {
		return plain(err)
	}
	return s.told(fmt.Sprintf("Revealed in case %d: %s", number, awardText(found.Case, kept.Vote)), number, response.Status, receipt)
}
