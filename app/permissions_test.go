package app_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/localnet/genesis"
	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

var update = flag.Bool("update-table", false, "write docs/permissions.md anew; read the diff before you keep it")

const noRole = "" // an operator without any role

// roleHolder is the name of the key that holds one role for a scope and nothing else.
func roleHolder(role string, scope accesstypes.Scope) string {
	return fmt.Sprintf("role %q at %s %s", role, scope.InstitutionID, scope.PartyID)
}

// Every message of every module × every role × (own scope, foreign scope), asked of the real application.
// What is allowed is read from the options of the proto files and from the standard roles; all else is
// refused.
func TestEveryMessageIsForTheRolesThatGiveItsPermissionInTheirOwnScope(t *testing.T) {
	own := []accesstypes.Scope{{InstitutionID: "BQDQ"}, {InstitutionID: "BQDQ", PartyID: payer}}
	foreign := [][]accesstypes.Scope{
		{{InstitutionID: "LSHB"}, {InstitutionID: "LSHB", PartyID: supplier}},
		{{InstitutionID: "LSHB"}, {InstitutionID: "LSHB", PartyID: supplier}, {InstitutionID: "BQDQ"}, {InstitutionID: "BQDQ", PartyID: neighbour}},
	}
	roles := append([]accesstypes.Role{{Id: noRole}}, genesis.Roles()...)
	c := chain.NewFrom(t, network.Default(), withHolders(t, roles, own), 1)
	ask := func(role, permission string, holder, scope accesstypes.Scope) error {
		_, err := c.App.Keepers.Access.Require(c.Context(), accesstypes.Ask{
			Operator: chain.Address(roleHolder(role, holder)), Permission: permission, Scope: scope,
		})
		return err
	}
	messages := accesstypes.MessagePermissions()
	require.Greater(t, len(messages), 30)
	cells := 0
	for message, permission := range messages {
		require.NotEmpty(t, permission, "%s has no permission option", message)
		for _, role := range roles {
			for at, scope := range own {
				err := ask(role.Id, permission, scope, scope)
				name := fmt.Sprintf("%s by role %q for %v", message, role.Id, scope)
				switch {
				case permission == accesstypes.CollectiveDecision:
					require.ErrorIs(t, err, accesstypes.ErrNotAuthority, name)
				case gives(role, permission):
					require.NoError(t, err, name)
				default:
					require.ErrorIs(t, err, accesstypes.ErrPermissionDenied, name)
				}
				for _, elsewhere := range foreign[at] {
					err := ask(role.Id, permission, scope, elsewhere)
					require.Error(t, err, "%s, about %v", name, elsewhere)
					if gives(role, permission) {
						require.ErrorIs(t, err, accesstypes.ErrScopeDenied, "%s, about %v", name, elsewhere)
					}
				}
				cells++
			}
		}
	}
	t.Logf("%d messages, %d roles, %d cells", len(messages), len(roles), cells)
}

// Supervision is a regulator's: whoever gives themselves a role with it elsewhere has nothing of it. It is of all
// institutions and parties.
func TestSupervisionIsForRegulatorsAloneWhateverRolesOthersHave(t *testing.T) {
	own := []accesstypes.Scope{{InstitutionID: "QDFR"}, {InstitutionID: "QDCB"}, {InstitutionID: "BQDQ"}, {InstitutionID: "BQDQ", PartyID: payer}}
	about := append([]accesstypes.Scope{accesstypes.OwnScope, {InstitutionID: "LSHB"}, {InstitutionID: "LSHB", PartyID: supplier}}, own...)
	roles := append([]accesstypes.Role{{Id: noRole}}, genesis.Roles()...)
	c := chain.NewFrom(t, network.Default(), withHolders(t, roles, own), 1)
	for _, role := range roles {
		for _, scope := range own {
			for _, asked := range about {
				_, err := c.App.Keepers.Access.Require(c.Context(), accesstypes.Ask{
					Operator: chain.Address(roleHolder(role.Id, scope)), Permission: settlementtypes.PermissionSupervise, Scope: asked,
				})
				name := fmt.Sprintf("role %q of %v about %v", role.Id, scope, asked)
				switch {
				case !gives(role, settlementtypes.PermissionSupervise):
					require.ErrorIs(t, err, accesstypes.ErrPermissionDenied, name)
				case scope.InstitutionID == "QDFR":
					require.NoError(t, err, name)
				default:
					require.ErrorIs(t, err, accesstypes.ErrNotRegulator, name)
				}
			}
		}
	}
}

// gives is the table: what a role may, on paper.
func gives(role accesstypes.Role, permission string) bool {
	if permission == accesstypes.AnyOperator {
		return true
	}
	return slices.ContainsFunc(role.Permissions, func(held string) bool {
		return held == permission || strings.HasPrefix(held, permission+":")
	})
}

// withHolders is the genesis of the built-in network with one more operator for each role and scope.
func withHolders(t *testing.T, roles []accesstypes.Role, scopes []accesstypes.Scope) []byte {
	t.Helper()
	var modules map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(chain.Genesis(t, network.Default()), &modules))
	codec := app.NewEncoding().Codec
	var state accesstypes.GenesisState
	require.NoError(t, codec.UnmarshalJSON(modules[accesstypes.ModuleName], &state))
	for _, role := range roles {
		for _, scope := range scopes {
			operator := accesstypes.Operator{
				Address: chain.Address(roleHolder(role.Id, scope)), InstitutionId: scope.InstitutionID, PartyId: scope.PartyID,
				Status: accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE,
			}
			if role.Id != noRole {
				operator.Roles = []string{role.Id}
			}
			state.Operators = append(state.Operators, operator)
		}
	}
	modules[accesstypes.ModuleName] = codec.MustMarshalJSON(&state)
	text, err := json.Marshal(modules)
	require.NoError(t, err)
	return text
}

// No handler lets a stranger, or an operator without roles, do anything with a message that says nothing
// but who sends it; and none panics on it.
func TestAnEmptyMessageOfAnybodyIsRefused(t *testing.T) {
	c := chain.New(t, network.Default())
	registry := c.App.Encoding.Registry
	for message := range accesstypes.MessagePermissions() {
		for _, sender := range []string{chain.Address("a stranger"), chain.Address(payerKey), ""} {
			value, err := registry.Resolve(message)
			require.NoError(t, err, "%s is not registered", message)
			setSender(t, c.App, value, sender)
			handler := c.App.MsgServiceRouter().HandlerByTypeURL(message)
			require.NotNil(t, handler, "%s has no handler", message)
			ctx, _ := sdk.UnwrapSDKContext(c.Context()).CacheContext()
			_, err = handler(ctx, value)
			require.Error(t, err, "%s by %q", message, sender)
		}
	}
}

// setSender fills in who sends a message, whatever its field is called.
func setSender(t *testing.T, a *app.App, message any, sender string) {
	t.Helper()
	for _, field := range []string{"operator", "authority"} {
		text := fmt.Sprintf(`{%q:%q}`, field, sender)
		if a.Encoding.Codec.UnmarshalJSON([]byte(text), message.(codecMessage)) == nil {
			return
		}
	}
	t.Fatalf("%T names its sender otherwise", message)
}

type codecMessage interface {
	Reset()
	String() string
	ProtoMessage()
}

func TestTheTableOfPermissionsIsTheNewest(t *testing.T) {
	path := filepath.Join("..", "docs", "permissions.md")
	want := permissionTable()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "run: go test ./app -run TestTheTableOfPermissionsIsTheNewest -update-table")
}

// permissionTable prints what TestEveryMessage… asks, one table for each module.
func permissionTable() string {
	messages := accesstypes.MessagePermissions()
	modules := map[string][]string{}
	for message := range messages {
		module := strings.Split(message, ".")[1]
		modules[module] = append(modules[module], message)
	}
	roles := genesis.Roles()
	var text strings.Builder
	text.WriteString(permissionsHead)
	var supervisors []string
	for _, role := range roles {
		if gives(role, settlementtypes.PermissionSupervise) {
			supervisors = append(supervisors, "`"+role.Id+"`")
		}
	}
	fmt.Fprintf(&text, supervisionText, settlementtypes.PermissionSupervise, strings.Join(supervisors, ", "))
	for _, module := range sortedKeys(modules) {
		fmt.Fprintf(&text, "\n## %s\n\n| message | permission |", module)
		for _, role := range roles {
			fmt.Fprintf(&text, " %s |", role.Id)
		}
		text.WriteString("\n|---|---|" + strings.Repeat("---|", len(roles)) + "\n")
		slices.Sort(modules[module])
		for _, message := range modules[module] {
			permission := messages[message]
			fmt.Fprintf(&text, "| `%s` | `%s` |", message[strings.LastIndexByte(message, '.')+1:], permission)
			for _, role := range roles {
				mark := "–"
				if permission != accesstypes.CollectiveDecision && gives(role, permission) {
					mark = "yes"
				}
				fmt.Fprintf(&text, " %s |", mark)
			}
			text.WriteString("\n")
		}
	}
	return text.String()
}

const permissionsHead = `# Permissions

Which message needs which permission, and which of the standard roles give it. The permissions are options in the proto files (` + "`zhilian.access.v1.permission`" + `), the roles those of a new network (` + "`localnet/genesis/roles.go`" + `); a network decides about its roles itself. This page is made from both: ` + "`go test ./app -run TestTheTableOfPermissionsIsTheNewest -update-table`" + `. A test asks the running application about every cell.

- **yes**: in the operator's own scope. An institution's operator acts for the institution and all its parties, a party's operator for that party.
- In a foreign scope every message is refused to every role (` + "`access` 4" + `), and what stands as – is refused everywhere (` + "`access` 3" + `).
- ` + "`authority`" + `: only a collective decision of the institutions may (` + "`access` 2" + `).
- ` + "`operator`" + `: every active operator may, whatever its roles; the message itself says what about: its own key, actions that it may approve, delegations of its own.

A permission is not all that is asked: standing, KYC level, limits and approvals come after it, in the order that [x/access](../x/access/README.md#require) gives. ` + "`zhiliand query access explain`" + ` says for one operator and one message what each rule says.
`

const supervisionText = `
## Supervision

No message asks for ` + "`%s`" + `; the [read door](data-classes.md#masking) does: who has it reads how much money there is of every institution. Roles give it (%s), but to operators of a regulator alone: in any other institution it is refused whoever gives it to themselves (` + "`access` 91" + `). It is for the whole network, not for a scope. Which institution is a regulator is decided collectively, when it is registered.
`

func sortedKeys(m map[string][]string) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
