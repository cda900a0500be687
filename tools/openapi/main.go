package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

func main() {
	image := flag.String("image", "", "FileDescriptorSet with comments, as buf build --as-file-descriptor-set writes it")
	overlay := flag.String("overlay", "tools/openapi/overlay.yaml", "what proto files do not say")
	examples := flag.String("examples", "tools/openapi/examples.json", "answers of a running application, by operation")
	out := flag.String("out", "api/openapi/openapi.json", "document to write")
	draft := flag.Bool("draft", false, "write an incomplete document too, to take examples of new operations with it")
	flag.Parse()
	if err := run(*image, *overlay, *examples, *out, *draft); err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
}

func run(imagePath, overlayPath, examplesPath, out string, draft bool) error {
	files, err := readImage(imagePath)
	if err != nil {
		return err
	}
	overlay, err := readOverlay(overlayPath, examplesPath)
	if err != nil {
		return err
	}
	document, err := generate(files, overlay)
	if err != nil {
		return err
	}
	if problems := check(document); len(problems) > 0 && !draft {
		return errors.Join(problems...)
	}
	text, err := document.MarshalJSON()
	if err != nil {
		return err
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, text, "", "  "); err != nil {
		return err
	}
	indented.WriteByte('\n')
	return os.WriteFile(out, indented.Bytes(), 0o644) //nolint:gosec // a file of the source tree
}

func readImage(path string) (*protoregistry.Files, error) {
	bytes, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(bytes, &set); err != nil {
		return nil, err
	}
	return protodesc.NewFiles(&set)
}
