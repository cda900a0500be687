package credit

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	errorsmod "cosmossdk.io/errors"

	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// idColumn names the rows of a table.
const idColumn = "row_id"

// table reads rows for a model out of CSV with a header. Columns are found by name; others are ignored.
type table struct {
	reader  *csv.Reader
	inputs  []engine.Input
	id      int
	columns []int // by input
	header  []string
	row     []int64
	record  []string
}

// newTable reads the header. The text may be compressed with gzip.
func newTable(r io.Reader, inputs []engine.Input) (*table, error) {
	buffered := bufio.NewReaderSize(r, 1<<16)
	if magic, err := buffered.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, types.ErrTable.Wrap(err.Error())
		}
		buffered = bufio.NewReaderSize(unzipped, 1<<16)
	}
	// A byte order mark, as spreadsheets write it, is no part of the first name.
	if mark, err := buffered.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = buffered.Discard(len(mark))
	}
	t := &table{reader: csv.NewReader(buffered), inputs: inputs, row: make([]int64, len(inputs))}
	t.reader.ReuseRecord = true
	header, err := t.reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, types.ErrTable.Wrap("it is empty; a header line is needed")
	}
	if err != nil {
		return nil, types.ErrTable.Wrap(err.Error())
	}
	t.header = slices.Clone(header)
	// Old spreadsheets end a line in a carriage return alone; the whole table would pass for its header.
	if strings.Contains(strings.Join(t.header, ""), "\r") {
		return nil, types.ErrTable.Wrap("the header holds a carriage return: end lines in LF or CRLF")
	}
	return t, t.findColumns()
}

func (t *table) findColumns() error {
	var err error
	if t.id, err = t.column(idColumn); err != nil {
		return err
	}
	for _, input := range t.inputs {
		column, err := t.column(input.Name)
		if err != nil {
			return err
		}
		t.columns = append(t.columns, column)
	}
	return nil
}

// column finds a column by its name as it is written; failing that, by its name but for blanks around it and case.
func (t *table) column(name string) (int, error) {
	alike := func(title string) bool { return strings.EqualFold(strings.TrimSpace(title), name) }
	for _, fits := range []func(string) bool{func(title string) bool { return title == name }, alike} {
		column := slices.IndexFunc(t.header, fits)
		if column < 0 {
			continue
		}
		if slices.ContainsFunc(t.header[column+1:], fits) {
			return 0, types.ErrTable.Wrapf("column %q stands twice", name)
		}
		return column, nil
	}
	if len(t.header) == 1 {
		return 0, types.ErrAbsentColumn.Wrapf("%q; the header is one column, %.80q: separate columns by commas, in UTF-8", name, t.header[0])
	}
	return 0, types.ErrAbsentColumn.Wrapf("%q", name)
}

// next gives the next row, or io.EOF. The values are those of the model's inputs, valid until the call after.
func (t *table) next() (id string, row []int64, err error) {
	t.record, err = t.reader.Read()
	if errors.Is(err, io.EOF) {
		return "", nil, err
	}
	if err != nil {
		return "", nil, types.ErrTable.Wrap(err.Error())
	}
	if id = t.record[t.id]; id == "" {
		return "", nil, t.wrap(types.ErrTable, "without a name", t.id)
	}
	for i, column := range t.columns {
		if t.row[i], err = t.inputs[i].Parse(t.record[column]); err != nil {
			return "", nil, t.wrap(err, id, column)
		}
	}
	return id, t.row, nil
}

// wrap says where in the table a refusal is.
func (t *table) wrap(err error, id string, column int) error {
	line, _ := t.reader.FieldPos(column)
	return errorsmod.Wrapf(err, "line %d, row %.80s, column %.80s", line, id, t.header[column])
}

// wrapRow says in which row a refusal is that is not about one column.
func (t *table) wrapRow(err error, id string) error {
	line, _ := t.reader.FieldPos(0)
	return errorsmod.Wrapf(err, "line %d, row %.80s", line, id)
}

// floats are the inputs of the row as other libraries read them; NaN is a missing value.
func (t *table) floats() []float64 {
	values := make([]float64, len(t.columns))
	for i, column := range t.columns {
		value, err := strconv.ParseFloat(strings.TrimSpace(t.record[column]), 64)
		if err != nil || len(t.inputs[i].Codes) > 0 {
			value = math.NaN()
		}
		values[i] = value
	}
	return values
}
