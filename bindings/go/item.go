package koru

// Item is one write of a batch: a value, or a delete.
type Item struct {
	Namespace, Key string
	// What encoding/json encodes, or a Value as it is.
	Value any
	// Deletes the key. In a batch that is a version also when there is none.
	Delete bool
	// What the newest version of the key must be for the batch to be written.
	IfVersion Guard
}

// write writes an item as a member of the ops of a batch.
func (i Item) write(to *jsonText) error {
	to.WriteString(`{"namespace":`)
	if err := to.name(i.Namespace, ErrInvalidNamespace); err != nil {
		return err
	}
	to.WriteString(`,"key":`)
	if err := to.name(i.Key, ErrInvalidKey); err != nil {
		return err
	}
	if i.Delete {
		to.WriteString(`,"delete":true`)
	} else {
		to.WriteString(`,"value":`)
		if err := to.value(i.Value); err != nil {
			return err
		}
	}
	if !i.IfVersion.IsZero() {
		to.WriteString(`,"ifVersion":`)
		if err := to.value(i.IfVersion); err != nil {
			return err
		}
	}
	to.WriteByte('}')
	return nil
}
