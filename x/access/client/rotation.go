package client

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/client/tx"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"

	"github.com/zhilian-network/zhilian/x/access/types"
)

func newRotateKeyCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "rotate-key NEW_KEY",
		Short: "Put a new key of your keyring in the place of the one you sign with",
		Long: `Put a new key of your keyring in the place of the one that --from names. The new one gets its roles, limits,
delegations and what it has moved today; the old one is closed for good, and what it has proposed and is still
pending is withdrawn. No money moves. The new key is NEW_KEY's; one made of several keys cannot prove itself here.`,
		Example: `  zhiliand keys add payer-2027 --algo sm2
  zhiliand tx access rotate-key payer-2027 --from payer`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			ctx, err := client.GetClientTxContext(command)
			if err != nil {
				return err
			}
			key, proof, err := prove(ctx, args[0], ctx.GetFromAddress())
			if err != nil {
				return err
			}
			return tx.GenerateOrBroadcastTxCLI(ctx, command.Flags(), &types.MsgRotateKey{
				Operator: ctx.GetFromAddress().String(), PublicKey: key, Proof: proof,
			})
		},
	}
	flags.AddTxFlagsToCmd(command)
	return command
}

// keyProof is the file in which the holder of a lost key hands a new one to an administrator.
type keyProof struct {
	Operator  string          `json:"operator"`
	ChainID   string          `json:"chain_id"`
	PublicKey json.RawMessage `json:"public_key"`
	Proof     []byte          `json:"proof"`
}

func newKeyProofCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "key-proof LOST_ADDRESS NEW_KEY",
		Short: "Write the proof with which administrators put your new key in the place of a lost one",
		Example: `  zhiliand keys add payer-2027
  zhiliand tx access key-proof zhilian1... payer-2027 > proof.json`,
		Args: cobra.ExactArgs(2),
		RunE: func(command *cobra.Command, args []string) error {
			ctx, err := client.GetClientTxContext(command)
			if err != nil {
				return err
			}
			lost, err := sdk.AccAddressFromBech32(args[0])
			if err != nil {
				return err
			}
			key, proof, err := prove(ctx, args[1], lost)
			if err != nil {
				return err
			}
			public, err := ctx.Codec.MarshalJSON(key)
			if err != nil {
				return err
			}
			encoder := json.NewEncoder(command.OutOrStdout())
			encoder.SetIndent("", "  ")
			return encoder.Encode(keyProof{Operator: args[0], ChainID: ctx.ChainID, PublicKey: public, Proof: proof})
		},
	}
	flags.AddTxFlagsToCmd(command)
	return command
}

func newRecoverOperatorCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "recover-operator PROOF.json",
		Short: "Put a new key in the place of a lost one, with the approval of other administrators",
		Long: `Put a new key in the place of a lost one. PROOF.json is what "key-proof" has written for its holder. More than
half of the other administrators must approve: write the message with --generate-only and propose it as an action.`,
		Example: `  zhiliand tx access recover-operator proof.json --from admin --generate-only > recover.json
  zhiliand tx access propose-action recover.json --from admin`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			ctx, err := client.GetClientTxContext(command)
			if err != nil {
				return err
			}
			msg, err := readRecovery(ctx, command, args[0])
			if err != nil {
				return err
			}
			return tx.GenerateOrBroadcastTxCLI(ctx, command.Flags(), msg)
		},
	}
	flags.AddTxFlagsToCmd(command)
	return command
}

func readRecovery(ctx client.Context, command *cobra.Command, name string) (*types.MsgRecoverOperator, error) {
	text, err := readFile(name, command.InOrStdin())
	if err != nil {
		return nil, err
	}
	var proof keyProof
	if err := json.Unmarshal(text, &proof); err != nil {
		return nil, fmt.Errorf("%s is no proof as key-proof writes it: %w", name, err)
	}
	// Offline there is no chain to compare with; the chain itself refuses what is for another.
	if ctx.ChainID != "" && proof.ChainID != ctx.ChainID {
		return nil, fmt.Errorf("%s is for chain %q, not %q: ask its holder for another", name, proof.ChainID, ctx.ChainID)
	}
	var key codectypes.Any
	if err := ctx.Codec.UnmarshalJSON(proof.PublicKey, &key); err != nil {
		return nil, fmt.Errorf("the public key in %s: %w", name, err)
	}
	return &types.MsgRecoverOperator{
		Operator: ctx.GetFromAddress().String(), Address: proof.Operator, PublicKey: &key, Proof: proof.Proof,
	}, nil
}

// prove signs with a key of the keyring for taking the place of another.
func prove(ctx client.Context, name string, old sdk.AccAddress) (*codectypes.Any, []byte, error) {
	if ctx.ChainID == "" {
		return nil, nil, fmt.Errorf("the proof names the chain: give it with --chain-id")
	}
	record, err := ctx.Keyring.Key(name)
	if err != nil {
		return nil, nil, fmt.Errorf("key %q of the keyring: %w", name, err)
	}
	address, err := record.GetAddress()
	if err != nil {
		return nil, nil, err
	}
	message := types.KeyRotationBytes(ctx.ChainID, old, address)
	proof, public, err := ctx.Keyring.Sign(name, message, signing.SignMode_SIGN_MODE_DIRECT)
	if err != nil {
		return nil, nil, fmt.Errorf("sign with key %q: %w", name, err)
	}
	packed, err := codectypes.NewAnyWithValue(public)
	return packed, proof, err
}
