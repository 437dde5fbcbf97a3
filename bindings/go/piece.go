package koru

import "iter"

// pieceBytes is how long the text of one piece of a batch may be when an item is added. With the largest item it still fits
// a line of the wire, and most batches are one piece, which is the fastest way.
const pieceBytes = 12 << 20

// piece is a part of a batch. Items are written as columns, which are shorter than as many objects, up to the first that has
// a guard; it and those behind it are objects. The engine takes the columns first, so the order stays.
type piece struct {
	count                         int
	namespaces, keys, values, ops jsonText
	deletes                       []int
}

// pieces cuts a batch. There is at least one, also of no items.
func pieces(items iter.Seq[Item]) iter.Seq2[*piece, error] {
	return func(yield func(*piece, error) bool) {
		now := &piece{}
		begun := false
		for item := range items {
			if now.bytes() > pieceBytes {
				if !yield(now, nil) {
					return
				}
				now, begun = &piece{}, true
			}
			if err := now.add(item); err != nil {
				yield(nil, err)
				return
			}
		}
		if now.bytes() > 0 || !begun {
			yield(now, nil)
		}
	}
}

func (p *piece) bytes() int {
	return p.namespaces.Len() + p.keys.Len() + p.values.Len() + p.ops.Len()
}

func (p *piece) add(item Item) error {
	if p.ops.Len() > 0 || !item.IfVersion.IsZero() {
		comma(&p.ops)
		return item.write(&p.ops)
	}
	comma(&p.namespaces)
	if err := p.namespaces.name(item.Namespace, ErrInvalidNamespace); err != nil {
		return err
	}
	comma(&p.keys)
	if err := p.keys.name(item.Key, ErrInvalidKey); err != nil {
		return err
	}
	comma(&p.values)
	if item.Delete {
		p.deletes = append(p.deletes, p.count)
		p.values.WriteString("null")
	} else if err := p.values.value(item.Value); err != nil {
		return err
	}
	p.count++
	return nil
}

// giveTo puts the piece into the params of a batch.
func (p *piece) giveTo(params *members) {
	if p.count > 0 {
		var columns jsonText
		columns.Grow(p.bytes() + len(p.deletes)*8 + 64)
		columns.WriteString(`{"namespaces":[`)
		columns.Write(p.namespaces.Bytes())
		columns.WriteString(`],"keys":[`)
		columns.Write(p.keys.Bytes())
		columns.WriteString(`],"values":[`)
		columns.Write(p.values.Bytes())
		columns.WriteByte(']')
		if len(p.deletes) > 0 {
			columns.WriteString(`,"deletes":`)
			// Integers are always JSON.
			columns.value(p.deletes)
		}
		columns.WriteByte('}')
		params.setText("columns", columns.Bytes())
	}
	if p.ops.Len() > 0 || p.count == 0 {
		params.setText("ops", append(append([]byte{'['}, p.ops.Bytes()...), ']'))
	}
}

// line is the piece as a line of a load.
func (p *piece) line() []byte {
	params := &members{}
	p.giveTo(params)
	// Nothing of it can have failed: its parts are JSON.
	text, _ := params.text()
	return append(text, '\n')
}

func comma(to *jsonText) {
	if to.Len() > 0 {
		to.WriteByte(',')
	}
}
