package network

import (
	"bytes"
	_ "embed"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

// maxFileBytes bounds a network file: room for some 20,000 customers.
const maxFileBytes = 8 << 20

// defaultYAML is the network that starts if no file is given; docs/network-file.md explains it.
//
//go:embed default.yaml
var defaultYAML []byte

// Default is the built-in network: a central bank, a regulator and three fictional banks of Qingdao
// with a few customers, in CNY.
func Default() *File {
	file, err := Parse(defaultYAML)
	if err != nil {
		panic(fmt.Sprintf("the built-in network file is invalid: %v", err))
	}
	return file
}

// DefaultYAML is the text of the built-in network file, to start an own one from.
func DefaultYAML() []byte { return bytes.Clone(defaultYAML) }

// Parse reads a network file in YAML (or JSON, which is YAML), validates and completes it. What is
// wrong comes back as Problems, each with its path.
func Parse(text []byte) (*File, error) {
	if len(text) > maxFileBytes {
		return nil, Problems{fmt.Sprintf("the file has more than %d bytes", maxFileBytes)}
	}
	asJSON, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return nil, Problems{"the file is not valid YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	tree, err := decodeTree(asJSON)
	if err != nil {
		return nil, Problems{"the file is not valid YAML: " + err.Error()}
	}
	var shape Problems
	shape.checkShape("", tree, reflect.TypeFor[File]())
	if len(shape) > 0 {
		return nil, shape
	}
	file := new(File)
	if err := json.Unmarshal(asJSON, file); err != nil {
		return nil, Problems{err.Error()}
	}
	if err := file.Validate(); err != nil {
		return nil, err
	}
	return file.Completed(), nil
}

// Completed returns a copy in which everything is filled in that may be left out, so that nobody
// else needs to know the defaults.
func (f *File) Completed() *File {
	full := *f
	if full.ChainID == "" {
		full.ChainID = DefaultChainID
	}
	full.Institutions = slices.Clone(f.Institutions)
	for i := range full.Institutions {
		if bank := &full.Institutions[i]; bank.Kind == KindBank && len(bank.Currencies) == 0 {
			bank.Currencies = slices.Clone(f.Currencies)
		}
	}
	full.Parties = slices.Clone(f.Parties)
	for i := range full.Parties {
		if full.Parties[i].KYCLevel == 0 {
			full.Parties[i].KYCLevel = 1
		}
	}
	full.Accounts = slices.Clone(f.Accounts)
	banks := full.banksOfParties()
	for i := range full.Accounts {
		if account := &full.Accounts[i]; len(account.Currencies) == 0 {
			account.Currencies = slices.Clone(banks[account.Party].Currencies)
		}
	}
	full.Validators = f.Validators.completed()
	return &full
}

func (v Validators) completed() Validators {
	if v.List == nil {
		if v.Count == 0 {
			v.Count = DefaultValidators
		}
		return v
	}
	v.List = slices.Clone(v.List)
	for i := range v.List {
		if v.List[i].Power == 0 {
			v.List[i].Power = DefaultPower
		}
	}
	return v
}

// decodeTree keeps numbers as text: the shape check wants to see what stands there.
func decodeTree(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	return tree, nil
}

// checkShape compares a decoded value with the Go type it is to fill. encoding/json would refuse an
// unknown key without its path, and would name no index of a list.
func (p *Problems) checkShape(path string, value any, want reflect.Type) {
	switch {
	case value == nil: // "key:" with nothing behind it: as if the key were not there
		return
	case want == reflect.TypeFor[Validators]():
		p.checkValidatorsShape(path, value)
		return
	case reflect.PointerTo(want).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		p.checkText(path, value, want)
		return
	}
	switch want.Kind() {
	case reflect.Struct:
		p.checkStruct(path, value, want)
	case reflect.Slice:
		p.checkList(path, value, want)
	case reflect.Map:
		p.checkAmounts(path, value)
	case reflect.String:
		p.checkString(path, value)
	default:
		p.checkWhole(path, value, want)
	}
}

func (p *Problems) checkStruct(path string, value any, want reflect.Type) {
	members, ok := value.(map[string]any)
	if !ok {
		p.add(path, "must be a group of keys and values")
		return
	}
	known := make(map[string]reflect.Type, want.NumField())
	names := make([]string, 0, want.NumField())
	for i := range want.NumField() {
		name, _, _ := strings.Cut(want.Field(i).Tag.Get("json"), ",")
		known[name] = want.Field(i).Type
		names = append(names, name)
	}
	for _, key := range sortedKeys(members) {
		field, ok := known[key]
		if !ok {
			p.add(below(path, key), "is not a key of the network file; here may stand "+strings.Join(names, ", "))
			continue
		}
		p.checkShape(below(path, key), members[key], field)
	}
}

func (p *Problems) checkList(path string, value any, want reflect.Type) {
	items, ok := value.([]any)
	if !ok {
		p.add(path, `must be a list: items that start with "- ", or [a, b]`)
		return
	}
	for i, item := range items {
		where := path + "[" + strconv.Itoa(i) + "]"
		if item == nil {
			p.add(where, "is empty")
			continue
		}
		p.checkShape(where, item, want.Elem())
	}
}

func (p *Problems) checkAmounts(path string, value any) {
	amounts, ok := value.(map[string]any)
	if !ok {
		p.add(path, `must be amounts by currency, such as {CNY: "1000000.00"}`)
		return
	}
	for _, currency := range sortedKeys(amounts) {
		if _, ok := amounts[currency].(string); !ok {
			p.add(below(path, currency), `must be an amount in quotes, such as "1000000.00": without them YAML would round it`)
		}
	}
}

func (p *Problems) checkString(path string, value any) {
	if _, ok := value.(string); !ok {
		p.add(path, "must be text; put it in quotes")
	}
}

func (p *Problems) checkText(path string, value any, want reflect.Type) {
	text, ok := value.(string)
	if !ok {
		p.add(path, "must be text; put it in quotes")
		return
	}
	target := reflect.New(want).Interface().(encoding.TextUnmarshaler)
	if err := target.UnmarshalText([]byte(text)); err != nil {
		p.add(path, err.Error())
	}
}

func (p *Problems) checkWhole(path string, value any, want reflect.Type) {
	number, ok := value.(json.Number)
	if !ok {
		p.add(path, "must be a whole number")
		return
	}
	if err := json.Unmarshal([]byte(number), reflect.New(want).Interface()); err != nil {
		p.add(path, "must be a whole number of 0 or more, and not so large")
	}
}

func (p *Problems) checkValidatorsShape(path string, value any) {
	switch value.(type) {
	case []any:
		p.checkList(path, value, reflect.TypeFor[[]Validator]())
	case json.Number:
		p.checkWhole(path, value, reflect.TypeFor[int]())
	default:
		p.add(path, "must be a number of validators, or a list of them")
	}
}

func below(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
