package koru

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// decodeExactly decodes a JSON text and refuses to round a number of it.
func decodeExactly(text []byte, target any) error {
	if err := decodeNumbers(text, target); err != nil {
		var mistyped *json.UnmarshalTypeError
		if errors.As(err, &mistyped) {
			if number, ok := strings.CutPrefix(mistyped.Value, "number "); ok {
				return notExact(number, mistyped.Type, mistyped.Field).because(err)
			}
		}
		return fmt.Errorf("koru: the value does not fit %T: %w", target, err)
	}
	if !hasLongNumber(text) {
		return nil
	}
	var tree any
	if err := decodeNumbers(text, &tree); err != nil {
		return err
	}
	if rounded := findRounded(reflect.ValueOf(target), tree, ""); rounded != nil {
		return rounded
	}
	return nil
}

func decodeNumbers(text []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(target)
}

// hasLongNumber is a quick look that most texts pass: six digits without an exponent survive in every kind of float.
// It passes over strings, and may call a number long that is not.
func hasLongNumber(text []byte) bool {
	run, inString := 0, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case inString:
			if c == '\\' {
				i++
			} else if c == '"' {
				inString = false
			}
		case c == '"':
			inString, run = true, 0
		case c >= '0' && c <= '9':
			if run++; run > 6 {
				return true
			}
		case run > 0 && (c == 'e' || c == 'E'):
			return true
		case c != '.':
			run = 0
		}
	}
	return false
}

// findRounded compares what was decoded with the numbers of its text. What reads its own JSON is left alone.
func findRounded(v reflect.Value, tree any, path string) *Error {
	for v.Kind() == reflect.Pointer {
		if _, own := v.Interface().(json.Unmarshaler); own || v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	switch node := tree.(type) {
	case json.Number:
		if v.CanFloat() && !isExact(string(node), v.Type().Bits()) {
			return notExact(string(node), v.Type(), strings.TrimPrefix(path, "."))
		}
	case []any:
		if v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
			return nil
		}
		for i := range min(len(node), v.Len()) {
			if rounded := findRounded(addressed(v.Index(i)), node[i], fmt.Sprintf("%s[%d]", path, i)); rounded != nil {
				return rounded
			}
		}
	case map[string]any:
		return findRoundedMember(v, node, path)
	}
	return nil
}

func findRoundedMember(v reflect.Value, node map[string]any, path string) *Error {
	switch v.Kind() {
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			name := fmt.Sprint(entries.Key())
			if rounded := findRounded(entries.Value(), node[name], path+"."+name); rounded != nil {
				return rounded
			}
		}
	case reflect.Struct:
		for _, field := range reflect.VisibleFields(v.Type()) {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if !field.IsExported() || name == "-" {
				continue
			}
			if name == "" {
				name = field.Name
			}
			inner, err := v.FieldByIndexErr(field.Index)
			if err != nil {
				continue
			}
			if rounded := findRounded(addressed(inner), memberNamed(node, name), path+"."+name); rounded != nil {
				return rounded
			}
		}
	}
	return nil
}

// addressed is the pointer to a value where there is one, since methods that read JSON are those of pointers.
func addressed(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v.Addr()
	}
	return v
}

// memberNamed finds a member as encoding/json does: by its name, else without regard to case.
func memberNamed(node map[string]any, name string) any {
	if found, ok := node[name]; ok {
		return found
	}
	for member, found := range node {
		if strings.EqualFold(member, name) {
			return found
		}
	}
	return nil
}

// isExact tells whether a float prints as the number was written, apart from its notation.
func isExact(number string, bits int) bool {
	float, err := strconv.ParseFloat(number, bits)
	if err != nil {
		return false
	}
	return canonical(number) == canonical(strconv.FormatFloat(float, 'e', -1, bits))
}

// canonical is one text for all ways to write a decimal number: its digits without outer zeros, and a power of ten.
func canonical(number string) string {
	digits, negative := strings.CutPrefix(strings.ToLower(number), "-")
	mantissa, exponent, _ := strings.Cut(digits, "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits = strings.TrimLeft(whole+fraction, "0")
	significant := strings.TrimRight(digits, "0")
	sign := ""
	if negative {
		sign = "-"
	}
	if significant == "" {
		return sign + "0"
	}
	// An exponent beyond an int is beyond every float too; the text then equals that of no float.
	power, err := strconv.Atoi("0" + strings.TrimLeft(exponent, "+"))
	if strings.HasPrefix(exponent, "-") {
		power, err = strconv.Atoi(exponent)
	}
	if err != nil {
		return number
	}
	return fmt.Sprintf("%s%se%d", sign, significant, power-len(fraction)+len(digits)-len(significant))
}

func notExact(number string, kind reflect.Type, path string) *Error {
	if path != "" {
		path = " of " + path
	}
	return failure(ErrNumberNotExact, fmt.Sprintf("The number %.60s%s does not fit %s exactly.", number, path, kind)).
		hint("To read the exact text", `db.GetJSON(ctx, namespace, key)`)
}
