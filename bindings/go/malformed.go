package koru

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"unicode/utf8"
)

// malformed tells whether a text that encoding/json wrote of v stands for a string that is not UTF-8, and where that lies.
// The package replaces such bytes by the escape \ufffd, which it uses for nothing else; only a text that holds one is looked
// at closely, since it may also come from JSON that was given as it is.
func malformed(text []byte, v any) (path string, found bool) {
	if !utf8.Valid(text) {
		return "", true
	}
	if !bytes.Contains(text, []byte(`\ufffd`)) {
		return "", false
	}
	return findMalformed(reflect.ValueOf(v))
}

// findMalformed looks for a string that is not UTF-8 in what was encoded without an error, so there is no circle in it.
func findMalformed(v reflect.Value) (path string, found bool) {
	if !v.IsValid() {
		return "", false
	}
	if v.CanInterface() {
		switch own := v.Interface().(type) {
		case json.Marshaler:
			// What writes itself has chosen its escapes.
			return "", false
		case encoding.TextMarshaler:
			text, err := own.MarshalText()
			return "", err == nil && !utf8.Valid(text)
		}
	}
	switch v.Kind() {
	case reflect.String:
		return "", !utf8.ValidString(v.String())
	case reflect.Pointer, reflect.Interface:
		return findMalformed(v.Elem())
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if rest, found := findMalformed(v.Index(i)); found {
				return fmt.Sprintf("[%d]%s", i, rest), true
			}
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			if _, found := findMalformed(entries.Key()); found {
				return fmt.Sprintf("[%q]", fmt.Sprint(entries.Key())), true
			}
			if rest, found := findMalformed(entries.Value()); found {
				return fmt.Sprintf("[%q]%s", fmt.Sprint(entries.Key()), rest), true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() && !field.Anonymous || field.Tag.Get("json") == "-" {
				continue
			}
			if rest, found := findMalformed(v.Field(i)); found {
				return "." + field.Name + rest, true
			}
		}
	}
	return "", false
}
