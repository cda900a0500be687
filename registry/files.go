package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Types of networks.
const (
	NetworkMain = "mainnet"
	NetworkTest = "testnet"
	NetworkDev  = "devnet"
)

// Names of the files.
const (
	ChainName  = "chain.json"
	AssetsName = "assetlist.json"
	WalletName = "wallet.json"
)

// File is one of the three.
type File struct {
	Name    string
	Content []byte
}

// Files makes all three.
func Files(facts Facts, shown Presentation) ([]File, error) {
	files := make([]File, 0, 3)
	for _, name := range []string{ChainName, AssetsName, WalletName} {
		file, err := Make(name, facts, shown)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// Make makes the file of a name.
func Make(name string, facts Facts, shown Presentation) (File, error) {
	if len(facts.Denoms) == 0 {
		return File{}, errNoDenoms
	}
	switch shown.NetworkType {
	case "", NetworkMain, NetworkTest, NetworkDev:
	default:
		return File{}, fmt.Errorf("%q is no type of network: %s, %s or %s", shown.NetworkType, NetworkMain, NetworkTest, NetworkDev)
	}
	var made any
	var err error
	switch name {
	case ChainName:
		made, err = chainOf(facts, shown)
	case AssetsName:
		made, err = assetsOf(facts, shown)
	case WalletName:
		made, err = walletOf(facts, shown)
	default:
		err = errors.New("no such file")
	}
	if err != nil {
		return File{}, fmt.Errorf("%s: %w", name, err)
	}
	content, err := encode(made)
	return File{Name: name, Content: content}, err
}

// Write puts files into a folder, each of them whole or not at all, and returns their paths.
func Write(folder string, files []File) ([]string, error) {
	const folderMode, fileMode = 0o755, 0o644 // nothing in them is secret
	if err := os.MkdirAll(folder, folderMode); err != nil {
		return nil, err
	}
	var paths []string
	for _, file := range files {
		path := filepath.Join(folder, file.Name)
		if err := os.WriteFile(path+".part", file.Content, fileMode); err != nil {
			return paths, err
		}
		if err := os.Rename(path+".part", path); err != nil {
			return paths, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func encode(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}
