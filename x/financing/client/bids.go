package client

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/client/tx"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

const (
	flagBid        = "bid"
	flagPrice      = "price"
	flagRate       = "rate-ppm"
	flagFacility   = "facility-id"
	flagGrade      = "worst-grade"
	flagRegistered = "registration-needed"

	saltLength = 32
)

// NewTxCommands are the commands that `zhiliand tx financing` gets besides those made from the service.
func NewTxCommands() []*cobra.Command {
	return []*cobra.Command{newCommitOfferCommand(), newRevealOfferCommand()}
}

// bid is what a lender must keep until it reveals: without it, the bid is forfeited.
type bid struct {
	RequestID uint64             `json:"request_id,string"`
	Lender    accesstypes.Member `json:"lender"`
	Account   string             `json:"account"`
	Terms     types.OfferTerms   `json:"terms"`
	Salt      []byte             `json:"salt"`
}

func (b bid) commitment() []byte {
	return types.BidCommitment(b.RequestID, b.Lender, b.Account, b.Terms, b.Salt)
}

func newCommitOfferCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "commit-offer REQUEST ACCOUNT",
		Short: "Make a sealed bid: its terms stay in a file until they are revealed",
		Long: `Make a sealed bid on a request for finance, to be paid from ACCOUNT. The network gets a commitment, from which
nobody learns the terms; they and a random salt go into the file of --bid. Keep it: when bidding is closed,
"reveal-offer" shows it to the network, and a bid that is not revealed in time is forfeited. A sealed bid binds.

A purchase of units has a price, in minor units; a loan has a rate a year, in ppm (4.35 % is 43500), and the facility
that it is drawn from, if any.`,
		Example: `  zhiliand tx financing commit-offer 7 zhilian1… --rate-ppm 43500 --facility-id 3 --worst-grade BB --bid bid.json --from bank-LSHB
  zhiliand tx financing commit-offer 8 zhilian1… --price 98500000 --bid bid.json --from bank-LSHB`,
		Args: cobra.ExactArgs(2),
		RunE: func(command *cobra.Command, args []string) error {
			ctx, err := client.GetClientTxContext(command)
			if err != nil {
				return err
			}
			made, err := newBid(command, ctx, args)
			if err != nil {
				return err
			}
			msg := &types.MsgCommitOffer{
				Operator: ctx.GetFromAddress().String(), RequestId: made.RequestID, Account: made.Account, Commitment: made.commitment(),
			}
			if err := msg.Validate(); err != nil {
				return err
			}
			path, err := command.Flags().GetString(flagBid)
			if err != nil {
				return err
			}
			if err := keep(path, made); err != nil {
				return err
			}
			return tx.GenerateOrBroadcastTxCLI(ctx, command.Flags(), msg)
		},
	}
	command.Flags().String(flagBid, "", "file that keeps the bid, new")
	command.Flags().String(flagPrice, "", "price of a purchase, in minor units")
	command.Flags().Uint32(flagRate, 0, "interest of a loan a year, in ppm")
	command.Flags().Uint64(flagFacility, 0, "facility that a loan is drawn from")
	command.Flags().String(flagGrade, "", "worst grade of the borrower at which the offer holds")
	command.Flags().Bool(flagRegistered, false, "the offer holds only if the transfer is registered")
	_ = command.MarkFlagRequired(flagBid)
	flags.AddTxFlagsToCmd(command)
	return command
}

func newBid(command *cobra.Command, ctx client.Context, args []string) (bid, error) {
	request, err := number("request", args[0])
	if err != nil {
		return bid{}, err
	}
	terms, err := readTerms(command)
	if err != nil {
		return bid{}, err
	}
	lender, err := actsFor(command, ctx)
	if err != nil {
		return bid{}, err
	}
	made := bid{RequestID: request, Lender: lender, Account: args[1], Terms: terms, Salt: make([]byte, saltLength)}
	_, err = rand.Read(made.Salt)
	return made, err
}

// readTerms wants a price or a rate: both or neither are the terms of nothing.
func readTerms(command *cobra.Command) (types.OfferTerms, error) {
	set := command.Flags()
	price, err := set.GetString(flagPrice)
	rate, err1 := set.GetUint32(flagRate)
	facility, err2 := set.GetUint64(flagFacility)
	grade, err3 := set.GetString(flagGrade)
	registered, err4 := set.GetBool(flagRegistered)
	if err := errors.Join(err, err1, err2, err3, err4); err != nil {
		return types.OfferTerms{}, err
	}
	if (price != "") == set.Changed(flagRate) {
		return types.OfferTerms{}, fmt.Errorf("either --%s, of a purchase, or --%s, of a loan, is needed", flagPrice, flagRate)
	}
	terms := types.OfferTerms{Price: math.ZeroInt(), RatePpm: rate, FacilityId: facility, WorstGrade: grade, RegistrationNeeded: registered}
	kind := types.KindUnsecured
	if price != "" {
		kind = types.KindPurchase
		amount, ok := math.NewIntFromString(price)
		if !ok {
			return types.OfferTerms{}, types.ErrInvalidOffer.Wrapf("price %.40q is no whole number of minor units", price)
		}
		terms.Price = amount
	}
	return terms, terms.ValidateFor(kind)
}

// actsFor is whom the operator acts for: the lender that the bid binds.
func actsFor(command *cobra.Command, ctx client.Context) (accesstypes.Member, error) {
	address := ctx.GetFromAddress().String()
	answer, err := accesstypes.NewQueryClient(ctx).Operator(command.Context(), &accesstypes.QueryOperatorRequest{Address: address})
	if err != nil {
		return accesstypes.Member{}, err
	}
	return accesstypes.MemberOf(answer.Operator.Scope()), nil
}

// keep writes a bid before it is sent, for its owner's eyes only, and over no other one.
func keep(path string, made bid) error {
	text, err := json.MarshalIndent(made, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists: it may keep a bid that is still to be revealed", path)
	}
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	return errors.Join(err, file.Close())
}

func newRevealOfferCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "reveal-offer OFFER",
		Short: "Reveal a sealed bid when bidding is closed",
		Long: `Reveal a sealed bid from the file that "commit-offer" has kept. OFFER is the number that the network has given to
the bid: the event EventOfferMade and "query financing offers" have it.`,
		Example: "  zhiliand tx financing reveal-offer 12 --bid bid.json --from bank-LSHB",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			ctx, err := client.GetClientTxContext(command)
			if err != nil {
				return err
			}
			offer, err := number("offer", args[0])
			if err != nil {
				return err
			}
			path, err := command.Flags().GetString(flagBid)
			if err != nil {
				return err
			}
			made, err := recall(path)
			if err != nil {
				return err
			}
			msg := &types.MsgRevealOffer{Operator: ctx.GetFromAddress().String(), OfferId: offer, Terms: made.Terms, Salt: made.Salt}
			if err := msg.Validate(); err != nil {
				return err
			}
			return tx.GenerateOrBroadcastTxCLI(ctx, command.Flags(), msg)
		},
	}
	command.Flags().String(flagBid, "", "file that keeps the bid")
	_ = command.MarkFlagRequired(flagBid)
	flags.AddTxFlagsToCmd(command)
	return command
}

func recall(path string) (bid, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return bid{}, err
	}
	var made bid
	if err := json.Unmarshal(text, &made); err != nil {
		return bid{}, fmt.Errorf("%s keeps no bid: %w", path, err)
	}
	made.Terms = made.Terms.Normal()
	return made, nil
}

func number(what, text string) (uint64, error) {
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%.40q is no number of %s", text, map[string]string{"request": "a request", "offer": "an offer"}[what])
	}
	return id, nil
}
