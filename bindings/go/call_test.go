package koru_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	koru "github.com/koru-delta/go-client"
)

func TestCallsAsTheyAreOnTheWire(t *testing.T) {
	each(t, func(t *testing.T, db *koru.DB) {
		ctx := soon(t)
		var version koru.Version
		params := map[string]any{"namespace": "n", "key": "k", "value": map[string]int{"a": 1}}
		if err := db.Call(ctx, "put", params, &version); err != nil || version.Seq != 1 {
			t.Errorf("a put of its own is %+v, %v", version, err)
		}
		operations := db.Operations()
		guarded := koru.PutParams{Namespace: "n", Key: "k", Value: koru.Value("2"), IfVersion: koru.VersionIs(version.Version), Reason: "why"}
		second := must(operations.Put(ctx, guarded))
		if _, err := operations.Put(ctx, guarded); !errors.Is(err, koru.ErrConflict) {
			t.Errorf("a guard that does not hold is %v", err)
		}
		if got := must(operations.Get(ctx, koru.GetParams{Namespace: "n", Key: "absent"})); got != nil {
			t.Errorf("an absent key is %+v", got)
		}
		page := must(operations.History(ctx, koru.HistoryParams{Namespace: "n", Key: "k", Limit: 1}))
		if len(page.Versions) != 1 || page.Versions[0].Version != second.Version || page.Cursor == "" {
			t.Errorf("a page of the history is %+v", page)
		}
		off := false
		list := must(operations.List(ctx, koru.ListParams{Namespace: "n", Values: &off}))
		if len(list.Items) != 1 || list.Items[0].Value != nil || list.Items[0].Reason != "why" || list.Cursor != "" {
			t.Errorf("a page of the list is %+v", list)
		}
		if err := db.Call(ctx, "get", map[string]any{"namespace": "n", "key": "k"}, new(int)); !errors.Is(err, koru.ErrBadRequest) {
			t.Errorf("an answer of another type is %v", err)
		}
		if err := db.Call(ctx, "get\n\"", nil, nil); !errors.Is(err, koru.ErrUnknownOperation) {
			t.Errorf("a name that is none is %v", err)
		}
		if err := db.Call(ctx, "get", func() {}, nil); !errors.Is(err, koru.ErrInvalidJSON) {
			t.Errorf("params that are no JSON are %v", err)
		}
	})
}

func TestAnErrorRecordKeepsItsFacts(t *testing.T) {
	text := `{"type":"x","status":409,"code":"conflict","title":"T","detail":"D.","suggestions":[],"hints":[{"text":"H","command":"c"}],` +
		`"retryable":false,"exitCode":4,"httpStatus":409,"docs":"d","currentVersion":"v","currentValue":9007199254740993}`
	var own koru.Error
	if err := json.Unmarshal([]byte(text), &own); err != nil {
		t.Fatal(err)
	}
	facts := map[string]koru.Value{"currentVersion": koru.Value(`"v"`), "currentValue": koru.Value("9007199254740993")}
	if !reflect.DeepEqual(own.Facts, facts) || own.Hints[0].Command != "c" || own.HTTPStatus != 409 {
		t.Errorf("the record is %+v", own)
	}
}
