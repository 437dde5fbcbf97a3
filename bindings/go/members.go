package koru

import "slices"

// members are the params of one call, in the order in which they were first given. What cannot be sent is kept as the
// error of the call.
type members struct {
	list []member
	err  error
	// How many items an iterator yields in all; 0 is all there are.
	total int
}

type member struct {
	name string
	text Value
}

// malformedNames are the codes of texts that have one of their own.
var malformedNames = map[string]Code{"namespace": ErrInvalidNamespace, "key": ErrInvalidKey}

// params begins with what every call of its kind has; options come after.
func params(options []Option, given ...any) *members {
	m := &members{list: make([]member, 0, len(given)/2+len(options)+1)}
	for i := 0; i+1 < len(given); i += 2 {
		m.set(given[i].(string), given[i+1])
	}
	for _, option := range options {
		option(m)
	}
	return m
}

// set gives a member a value, the last of several.
func (m *members) set(name string, v any) {
	var text jsonText
	var err error
	if plain, ok := v.(string); ok && name != "value" {
		code, ok := malformedNames[name]
		if !ok {
			code = ErrInvalidParams
		}
		err = text.name(plain, code)
	} else {
		err = text.value(v)
	}
	if err != nil {
		m.fail(err)
		return
	}
	m.setText(name, text.Bytes())
}

// setText gives a member what is JSON already.
func (m *members) setText(name string, text Value) {
	if at := m.find(name); at >= 0 {
		m.list[at].text = text
	} else {
		m.list = append(m.list, member{name, text})
	}
}

// preset gives a member a value unless it has one.
func (m *members) preset(name string, v any) {
	if m.find(name) < 0 {
		m.set(name, v)
	}
}

func (m *members) find(name string) int {
	return slices.IndexFunc(m.list, func(one member) bool { return one.name == name })
}

func (m *members) fail(err error) {
	if m.err == nil {
		m.err = err
	}
}

// copy is the same params, to go on with alone.
func (m *members) copy() *members {
	own := *m
	own.list = slices.Clone(m.list)
	return &own
}

// text is the JSON object of the members.
func (m *members) text() (Value, error) {
	if m.err != nil {
		return nil, m.err
	}
	var out jsonText
	out.WriteByte('{')
	for i, one := range m.list {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := out.name(one.name, ErrInvalidParams); err != nil {
			return nil, err
		}
		out.WriteByte(':')
		out.Write(one.text)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}
