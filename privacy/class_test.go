package privacy_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	accessv1 "github.com/zhilian-network/zhilian/api/zhilian/access/v1"
	privacyv1 "github.com/zhilian-network/zhilian/api/zhilian/privacy/v1"
	settlementv1 "github.com/zhilian-network/zhilian/api/zhilian/settlement/v1"
	"github.com/zhilian-network/zhilian/privacy"
)

// unsealed are the fields of level 3 and above that may stand unsealed, each with the reason why they never
// reach the ledger or an answer of it.
var unsealed = map[protoreflect.FullName]string{
	"zhilian.crypto.sm2.v1.PrivKey.key": "a keyring's file on its owner's machine holds it; no message, event or query does",
}

func TestEveryFieldHasAClass(t *testing.T) {
	exempt := map[protoreflect.FullName]bool{}
	eachField(t, func(field protoreflect.FieldDescriptor) {
		class := privacy.ClassOf(field)
		assert.NotZero(t, class.Level, "%s has no option (zhilian.privacy.v1.class)", field.FullName())
		_, named := unsealed[field.FullName()]
		exempt[field.FullName()] = named
		if named {
			return
		}
		assert.Less(t, class.Level, uint32(5), "%s: what has level 5 does not travel", field.FullName())
		assert.Less(t, class.Personal, uint32(3), "%s: what lets others act as a person does not travel", field.FullName())
		if class.Level >= 3 {
			assert.True(t, class.Sealed, "%s has level %d and is not sealed", field.FullName(), class.Level)
		}
		if class.Sealed {
			assert.GreaterOrEqual(t, class.Level, uint32(3), "%s is sealed: give it the level of what it protects", field.FullName())
			assert.Equal(t, protoreflect.BytesKind, field.Kind(), "%s: only bytes can be sealed", field.FullName())
		}
	})
	for name := range unsealed {
		assert.True(t, exempt[name], "%s is exempt and does not exist", name)
	}
}

// What an exempt field stands in must not be part of a message that travels: its type would bring it along.
func TestExemptFieldsAreInNoOtherMessage(t *testing.T) {
	eachField(t, func(field protoreflect.FieldDescriptor) {
		if field.Message() == nil {
			return
		}
		for name := range unsealed {
			assert.NotEqual(t, name.Parent(), field.Message().FullName(), "%s holds %s", field.FullName(), name)
		}
	})
}

// A field that holds messages tells about a person whatever they tell.
func TestContainersTellWhatTheirContentsTell(t *testing.T) {
	eachField(t, func(field protoreflect.FieldDescriptor) {
		class := privacy.ClassOf(field)
		if field.Message() == nil || class.Level < 2 {
			return
		}
		for i := range field.Message().Fields().Len() {
			inner := field.Message().Fields().Get(i)
			assert.GreaterOrEqual(t, class.Personal, privacy.ClassOf(inner).Personal, "%s holds %s", field.FullName(), inner.FullName())
		}
	})
}

// The same noun has the same class wherever it stands, so that no message tells what another one hides.
func TestNounsHaveOneClass(t *testing.T) {
	pseudonym := privacy.Class{Level: 2, Personal: 1}
	finance := privacy.Class{Level: 2, Personal: 2}
	keyed := privacy.Class{Level: 3, Personal: 2, Sealed: true}
	file := privacy.Class{Level: 4, Personal: 2, Sealed: true}
	nouns := map[protoreflect.Name]privacy.Class{
		"operator": pseudonym, "party_id": pseudonym, "holder": pseudonym, "maker": pseudonym, "maker_holder": pseudonym,
		"holders": pseudonym, "administrator": pseudonym, "delegate": pseudonym, "delegator": pseudonym,
		"subject": pseudonym, "reader": pseudonym, "grantee": pseudonym, "owner": pseudonym,
		"uetr": finance, "debtor": finance, "creditor": finance, "account": finance, "kyc_level": finance, "tx_hash": finance,
		"end_to_end_digest": keyed, "instruction_digest": keyed,
		"ciphertext": file, "outside_digest": file, "identity_commitment": file,
	}
	seen := map[protoreflect.Name]bool{}
	eachField(t, func(field protoreflect.FieldDescriptor) {
		want, known := nouns[field.Name()]
		if !known || (field.Message() != nil && want == finance) || aboutOperator[field.FullName()] {
			return
		}
		seen[field.Name()] = true
		got := privacy.ClassOf(field)
		if field.Message() != nil {
			got.Personal = min(got.Personal, want.Personal) // a container tells more, checked above
		}
		assert.Equal(t, want, got, "%s", field.FullName())
	})
	for name := range nouns {
		assert.True(t, seen[name], "no field is called %s any more", name)
	}
}

// aboutOperator holds whole operators, under the name that addresses have elsewhere.
var aboutOperator = map[protoreflect.FullName]bool{"zhilian.access.v1.QueryOperatorResponse.operator": true}

func TestAmountsAreNobodysButTheirParties(t *testing.T) {
	// A limit stands in settings, which are public, and in fields that are not: those have the class. From which
	// amount on a regulator reads is such a limit.
	public := map[protoreflect.FullName]bool{"zhilian.access.v1.Limit.per_payment": true, "zhilian.access.v1.Limit.per_day": true,
		"zhilian.dispute.v1.CurrencyAmount.amount": true, "zhilian.settlement.v1.DetailsReader.from_amount": true}
	amounts := 0
	eachField(t, func(field protoreflect.FieldDescriptor) {
		options := protodesc.ToFieldDescriptorProto(field).GetOptions()
		scalar := ""
		options.ProtoReflect().Range(func(option protoreflect.FieldDescriptor, value protoreflect.Value) bool {
			if option.FullName() == "cosmos_proto.scalar" {
				scalar = value.String()
			}
			return true
		})
		if scalar != "cosmos.Int" || public[field.FullName()] {
			return
		}
		amounts++
		assert.GreaterOrEqual(t, privacy.ClassOf(field).Level, uint32(2), "%s is an amount", field.FullName())
	})
	require.Greater(t, amounts, 15, "amounts are no longer found by their scalar option")
}

// permissionForm is that of x/access, and what every active operator may.
var permissionForm = regexp.MustCompile(`^(operator|[a-z]+\.[a-z-]+)$`)

func TestEveryQuerySaysWhoMayAskIt(t *testing.T) {
	sensitive := 0
	eachRead(t, func(method protoreflect.MethodDescriptor) {
		class, permission := privacy.ReadOf(method)
		switch class {
		case privacy.ReadClass_READ_CLASS_PUBLIC:
			if permission != "" {
				assert.Regexp(t, permissionForm, permission, "%s", method.FullName())
				assert.False(t, privacy.Whole(method.Output(), privacy.Anyone), "%s hides nothing: nobody needs a permission", method.FullName())
			}
		case privacy.ReadClass_READ_CLASS_SENSITIVE:
			sensitive++
			assert.Regexp(t, permissionForm, permission, "%s is sensitive: say which permission it needs", method.FullName())
		default:
			t.Errorf("%s has no option (zhilian.privacy.v1.read)", method.FullName())
		}
	})
	require.NotZero(t, sensitive)
}

// A public query whose answer is all above level 1 has nothing to say to those who may ask it.
func TestPublicQueriesTellSomething(t *testing.T) {
	eachRead(t, func(method protoreflect.MethodDescriptor) {
		class, _ := privacy.ReadOf(method)
		fields := method.Output().Fields()
		if class == privacy.ReadClass_READ_CLASS_PUBLIC && fields.Len() > 0 {
			assert.Less(t, len(privacy.Hidden(method.Output(), privacy.Anyone)), fields.Len(), "%s", method.FullName())
		}
	})
}

func TestNumbersAreThoseOfTheContract(t *testing.T) {
	// A descriptor that was built at run time knows no extension: its options are bytes that it passes over.
	options := &descriptorpb.FieldOptions{}
	proto.SetExtension(options, privacyv1.E_Class, privacyv1.DataClass_DATA_CLASS_LEVEL_3)
	proto.SetExtension(options, privacyv1.E_Personal, privacyv1.PersonalClass_PERSONAL_CLASS_C2)
	proto.SetExtension(options, privacyv1.E_Sealed, true)
	method := &descriptorpb.MethodOptions{}
	proto.SetExtension(method, privacyv1.E_Read, privacyv1.ReadClass_READ_CLASS_SENSITIVE)
	proto.SetExtension(method, accessv1.E_Permission, "settlement.read")

	for name, resolver := range map[string]protoregistry.ExtensionTypeResolver{
		"known": protoregistry.GlobalTypes, "unknown": &protoregistry.Types{},
	} {
		file := &descriptorpb.FileDescriptorProto{
			Name: proto.String(name + ".proto"), Package: proto.String("zhilian." + name), Syntax: proto.String("proto3"),
			MessageType: []*descriptorpb.DescriptorProto{{Name: proto.String("M"), Field: []*descriptorpb.FieldDescriptorProto{{
				Name: proto.String("f"), Number: proto.Int32(1), JsonName: proto.String("f"),
				Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(), Type: descriptorpb.FieldDescriptorProto_TYPE_BYTES.Enum(),
				Options: reread(t, options, resolver),
			}}}},
			Service: []*descriptorpb.ServiceDescriptorProto{{Name: proto.String("Query"), Method: []*descriptorpb.MethodDescriptorProto{{
				Name: proto.String("Ask"), InputType: proto.String(".zhilian." + name + ".M"), OutputType: proto.String(".zhilian." + name + ".M"),
				Options: reread(t, method, resolver),
			}}}},
		}
		built, err := protodesc.NewFile(file, nil)
		require.NoError(t, err)
		require.Equal(t, privacy.Class{Level: 3, Personal: 2, Sealed: true}, privacy.ClassOf(built.Messages().Get(0).Fields().Get(0)), name)
		class, permission := privacy.ReadOf(built.Services().Get(0).Methods().Get(0))
		require.Equal(t, privacy.ReadClass_READ_CLASS_SENSITIVE, class, name)
		require.Equal(t, "settlement.read", permission, name)
	}
}

func reread[M proto.Message](t *testing.T, message M, resolver protoregistry.ExtensionTypeResolver) M {
	t.Helper()
	encoded, err := proto.Marshal(message)
	require.NoError(t, err)
	again := message.ProtoReflect().New().Interface()
	require.NoError(t, proto.UnmarshalOptions{Resolver: resolver}.Unmarshal(encoded, again))
	return again.(M)
}

func TestFieldsOfOthersHaveNoClass(t *testing.T) {
	field := (&descriptorpb.FieldOptions{}).ProtoReflect().Descriptor().Fields().ByName("deprecated")
	require.Zero(t, privacy.ClassOf(field))
	require.Equal(t, uint32(2), privacy.ClassOf((&settlementv1.Payment{}).ProtoReflect().Descriptor().Fields().ByName("amount")).Level)
}

func TestReadsByNameOfTheMethod(t *testing.T) {
	for method, want := range map[string]struct {
		permission string
		sensitive  bool
	}{
		"/zhilian.settlement.v1.Query/Payment":           {"settlement.read", true},
		"zhilian.settlement.v1.Query/Payment":            {"settlement.read", true},
		"/zhilian.settlement.v1.Query/ResolveReferences": {"operator", true},
		"/zhilian.access.v1.Query/Institutions":          {"", false},
		"/zhilian.consortium.v1.Query/Proposals":         {"consortium.vote", false},
		"/zhilian.settlement.v1.Query/NoSuchQuery":       {"", true},
		"/zhilian.nosuchmodule.v1.Query/Params":          {"", true},
		"/zhilian.settlement.v1.Payment":                 {"", true},
		"/zhilian.settlement.v1.Msg/Pay":                 {"settlement.pay", true},
		"/zhilian.":                                      {"", true},
		"/cosmos.base.node.v1beta1.Service/Status":       {"", false},
		"": {"", false},
	} {
		permission, sensitive := privacy.Reads{}.Of(method)
		assert.Equal(t, want.sensitive, sensitive, "%q", method)
		assert.Equal(t, want.permission, permission, "%q", method)
	}
}
