package koru

import (
	"crypto/rand"
	"fmt"
	"time"
)

// Option is an option of one call. What an operation does not know it refuses with [ErrInvalidParams].
type Option func(*members)

// Param gives an operation a parameter by its name on the wire, such as one that is newer than this client.
func Param(name string, value any) Option {
	return func(m *members) { m.set(name, value) }
}

// IfVersion writes only when the newest version of the key is this one; else the write fails with [ErrConflict], whose facts
// carry currentVersion and currentValue.
func IfVersion(version string) Option { return Param("ifVersion", VersionIs(version)) }

// IfAbsent writes only when the key has no value; else the write fails with [ErrConflict].
func IfAbsent() Option { return Param("ifVersion", NoVersion()) }

// Actor says who writes, in at most 1,024 bytes that are kept with the version.
func Actor(name string) Option { return Param("actor", name) }

// Reason says why, in at most 1,024 bytes that are kept with the version.
func Reason(text string) Option { return Param("reason", text) }

// IdempotencyKey names a write with 1 to 64 printable ASCII characters, so that sending it again does not write it twice.
// A write that has one is sent again by itself when its answer did not come. See [NewIdempotencyKey].
func IdempotencyKey(name string) Option { return Param("idempotencyKey", name) }

// NewIdempotencyKey is a name that nobody has used.
func NewIdempotencyKey() string { return rand.Text() }

// At reads what was there at a moment, instead of what is there now; and for Revert, it is the moment whose state comes
// back. A moment is the id of a version, a time such as 2026-02-06T14:30:00Z, a time ago such as -10m, or seq:123. See
// [Time], [Ago] and [Seq].
func At(moment string) Option { return Param("at", moment) }

// From is the first key of a list, or the earlier moment of a diff.
func From(keyOrMoment string) Option { return Param("from", keyOrMoment) }

// To is the key before which a list ends, or the later moment of a diff.
func To(keyOrMoment string) Option { return Param("to", keyOrMoment) }

// Prefix takes only keys that begin with a text.
func Prefix(text string) Option { return Param("prefix", text) }

// Reverse lists from the last key to the first.
func Reverse() Option { return Param("reverse", true) }

// Limit ends an iteration after so many items, one at least.
func Limit(items int) Option {
	return func(m *members) {
		if items < 1 {
			m.fail(failure(ErrInvalidParams, fmt.Sprintf("A limit is at least 1, and not %d.", items)))
		}
		m.total = items
	}
}

// Values says whether the values of versions come too, as they do without it.
func Values(wanted bool) Option { return Param("values", wanted) }

// Counts counts keys and namespaces, which reads all of them.
func Counts() Option { return Param("counts", true) }

// Since goes on behind the cursor of a change.
func Since(cursor string) Option { return Param("since", cursor) }

// In takes only one namespace of a feed, and names that of lines which name none.
func In(namespace string) Option { return Param("namespace", namespace) }

// KeyField says that lines are documents, and which of their members is the key.
func KeyField(member string) Option { return Param("keyField", member) }

// SkipBad leaves lines out that cannot be taken, and lists them in the receipt, instead of refusing everything.
func SkipBad() Option { return Param("skipBad", true) }

// Restamp gives imported versions new times, and keeps their own as their origin, where they cannot keep them.
func Restamp() Option { return Param("restamp", true) }

// Time is a moment.
func Time(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// Ago is the moment a duration before now, by the clock of this machine.
func Ago(d time.Duration) string { return Time(time.Now().Add(-d)) }

// Seq is the moment at which the version with this seq was committed.
func Seq(seq int64) string { return fmt.Sprintf("seq:%d", seq) }
