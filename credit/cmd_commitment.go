package credit

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cosmos/gogoproto/jsonpb"
	"github.com/spf13/cobra"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/document"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

const (
	flagProvider = "provider"
	flagSubject  = "subject"
	flagPeriod   = "period"
	flagSalt     = "salt"
	saltBytes    = 32
)

// sealedValues are what a provider seals in the vault: whoever opens them can check the commitment, and an
// arbitrator can hand them in.
type sealedValues struct {
	Commitment []byte `json:"commitment"`
	Salt       []byte `json:"salt"`
	// Values are those of the file, sorted by name: as `tx credit open-rating` takes them.
	Values []json.RawMessage `json:"values"`
}

func newCommitmentCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "commitment VALUES.json",
		Short: "Commit to values that a data provider seals: draw a salt, or check what was sealed",
		Long: `Commit to values that a data provider attests sealed. VALUES.json is a list of values as "zhiliand tx credit attest"
takes them. A salt is drawn, and the answer, with salt and values, is what goes sealed into the vault; the
commitment goes into the attestation. With --salt the commitment of values that were opened is computed again.`,
		Example: `  zhiliand credit commitment values.json --provider QDTX --subject BQDQ/acme --period 202501-202512 > sealed.json
  zhiliand credit commitment values.json --provider QDTX --subject BQDQ/acme --period 202501-202512 --salt 6f1e…`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			command.SilenceUsage = true
			return commit(command, args[0])
		},
	}
	f := command.Flags()
	f.String(flagProvider, "", "institution of the provider")
	f.String(flagSubject, "", "INSTITUTION or INSTITUTION/PARTY that the values are about")
	f.String(flagPeriod, "", "months that they are about, such as 202501-202512")
	f.String(flagSalt, "", "salt of values that were committed to before, in hexadecimal; drawn if not given")
	return command
}

func commit(command *cobra.Command, name string) error {
	institution, party, _ := strings.Cut(text(command, flagSubject), "/")
	subject := accesstypes.Member{InstitutionId: institution, PartyId: party}
	provider := accesstypes.Member{InstitutionId: text(command, flagProvider)}
	for _, member := range []accesstypes.Member{subject, provider} {
		if err := member.Validate(); err != nil {
			return usagef("%w", err)
		}
	}
	var period types.Period
	if _, err := fmt.Sscanf(text(command, flagPeriod), "%d-%d", &period.FirstMonth, &period.LastMonth); err != nil || period.Validate() != nil {
		return usagef("--%s must be two months, such as 202501-202512", flagPeriod)
	}
	salt, err := saltOf(text(command, flagSalt))
	if err != nil {
		return err
	}
	values, err := readValues(command.InOrStdin(), name)
	if err != nil {
		return err
	}
	answer := sealedValues{Commitment: types.Commitment(provider.InstitutionId, subject, period, values, salt), Salt: salt}
	for i := range values {
		var written bytes.Buffer
		if err := (&jsonpb.Marshaler{OrigName: true}).Marshal(&written, &values[i]); err != nil {
			return err
		}
		answer.Values = append(answer.Values, written.Bytes())
	}
	encoder := json.NewEncoder(command.OutOrStdout())
	encoder.SetIndent("", "  ")
	return encoder.Encode(answer)
}

func saltOf(given string) ([]byte, error) {
	if given == "" {
		salt := make([]byte, saltBytes)
		_, err := rand.Read(salt)
		return salt, err
	}
	salt, err := hex.DecodeString(given)
	if err != nil || len(salt) < types.MinSaltLength || len(salt) > types.MaxSaltLength {
		return nil, usagef("--%s must be %d to %d bytes in hexadecimal", flagSalt, types.MinSaltLength, types.MaxSaltLength)
	}
	return salt, nil
}

func readValues(stdin io.Reader, name string) ([]types.InputValue, error) {
	content, err := readFile(stdin, name, document.MaxBytes)
	if err != nil {
		return nil, err
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(content, &raw); err != nil {
		return nil, types.ErrInvalidValue.Wrap(err.Error())
	}
	values := make([]types.InputValue, len(raw))
	for i := range raw {
		if err := jsonpb.UnmarshalString(string(raw[i]), &values[i]); err != nil {
			return nil, types.ErrInvalidValue.Wrap(err.Error())
		}
	}
	slices.SortFunc(values, func(a, b types.InputValue) int { return strings.Compare(a.Name, b.Name) })
	return values, types.ValidateValues(values)
}
