package koru

import (
	"context"
	"iter"
)

// reads is every read there is, now or at one moment.
type reads struct {
	db     *DB
	moment string
}

// View is the database as it was at a moment, with every read on it.
type View struct {
	reads
}

// At is a view of the database at a moment; see [At] for what a moment is. A time ago is counted anew by each read: use
// [Ago] for one that stays.
func (r reads) At(moment string) *View {
	return &View{reads{r.db, moment}}
}

// Get is the value of a key, as encoding/json decodes it into an any, with numbers as json.Number. The function [Get] decodes
// into a type of your own.
//
// The error is [ErrNotFound] when there is no value: [ErrKeyNotFound] with what was probably meant, [ErrKeyDeleted] with when
// and by whom, or [ErrNotYetWritten].
func (r reads) Get(ctx context.Context, namespace, key string, options ...Option) (any, error) {
	return Get[any](ctx, r, namespace, key, options...)
}

// GetAt is the value of a key at a moment.
func (r reads) GetAt(ctx context.Context, namespace, key, moment string, options ...Option) (any, error) {
	return GetAt[any](ctx, r, namespace, key, moment, options...)
}

// GetJSON is the exact JSON text of a value.
func (r reads) GetJSON(ctx context.Context, namespace, key string, options ...Option) (Value, error) {
	version, err := r.GetVersion(ctx, namespace, key, options...)
	return version.Value, err
}

// GetVersion is the value of a key with all that is known of its version.
func (r reads) GetVersion(ctx context.Context, namespace, key string, options ...Option) (Version, error) {
	var version Version
	err := r.read(ctx, "get", params(options, "namespace", namespace, "key", key, "required", true), &version)
	return version, err
}

// History is the versions of a key, newest first, deletes included; none when it was never written.
//
// It takes [Limit], [Values] and [At].
func (r reads) History(ctx context.Context, namespace, key string, options ...Option) iter.Seq2[Version, error] {
	return pages(params(options, "namespace", namespace, "key", key), func(params *members) ([]Version, string, error) {
		var page History
		err := r.read(ctx, "history", params, &page)
		return page.Versions, page.Cursor, err
	})
}

// List is the keys of a namespace that have a value, in the order of their bytes, each with its newest version.
//
// It takes [Prefix], [From], [To], [Reverse], [Limit], [Values] and [At].
func (r reads) List(ctx context.Context, namespace string, options ...Option) iter.Seq2[Version, error] {
	return pages(params(options, "namespace", namespace), func(params *members) ([]Version, string, error) {
		var page List
		err := r.read(ctx, "list", params, &page)
		return page.Items, page.Cursor, err
	})
}

// Namespaces are those that hold at least one key with a value. With [Counts] each tells how many.
func (r reads) Namespaces(ctx context.Context, options ...Option) ([]NamespaceInfo, error) {
	var found Namespaces
	err := r.read(ctx, "namespaces", params(options), &found)
	return found.Namespaces, err
}

// Diff is how a key differs between two moments, as a JSON Patch (RFC 6902): by default, what the last change did. [From] and
// [To] name other moments.
func (r reads) Diff(ctx context.Context, namespace, key string, options ...Option) (Diff, error) {
	var diff Diff
	err := r.readTo(ctx, "diff", params(options, "namespace", namespace, "key", key), &diff)
	return diff, err
}

// DiffNamespace is how the keys of a namespace differ between a moment and a later one, which [To] names, or else now. Keys
// that do not differ are left out.
//
// It takes [To], [Prefix] and [Limit].
func (r reads) DiffNamespace(ctx context.Context, namespace, from string, options ...Option) iter.Seq2[KeyDiff, error] {
	params := params(options, "namespace", namespace, "from", from)
	return pages(params, func(params *members) ([]KeyDiff, string, error) {
		var page NamespaceDiff
		err := r.readTo(ctx, "diffNamespace", params, &page)
		return page.Changes, page.Cursor, err
	})
}

// read asks at the moment of the view, unless the call names its own.
func (r reads) read(ctx context.Context, op string, params *members, result any) error {
	if r.moment != "" {
		params.preset("at", r.moment)
	}
	return r.db.call(ctx, op, params, result)
}

// readTo is read for what has a later moment instead of one.
func (r reads) readTo(ctx context.Context, op string, params *members, result any) error {
	if r.moment != "" {
		params.preset("to", r.moment)
	}
	return r.db.call(ctx, op, params, result)
}

// Reader is what values can be read from: a [DB], a [View] or a [Tx].
type Reader interface {
	GetJSON(ctx context.Context, namespace, key string, options ...Option) (Value, error)
}

// Get is the value of a key as a T.
//
// The error is [ErrNotFound] when there is no value, and [ErrNumberNotExact] when T would round a number of it.
func Get[T any](ctx context.Context, from Reader, namespace, key string, options ...Option) (T, error) {
	var target T
	value, err := from.GetJSON(ctx, namespace, key, options...)
	if err != nil {
		return target, err
	}
	err = value.Decode(&target)
	return target, err
}

// GetAt is the value that a key had at a moment, as a T.
func GetAt[T any](ctx context.Context, from Reader, namespace, key, moment string, options ...Option) (T, error) {
	return Get[T](ctx, from, namespace, key, append([]Option{At(moment)}, options...)...)
}
