// Package koru is the client of KoruDelta, a zero-configuration, versioned database for JSON documents. Every write is a
// version, nothing is overwritten, and every read can be asked of any moment in the past.
//
// [Connect] talks to a server, [Open] opens a folder through a child process, and [Start] does so in memory. What they
// return is the same [DB], safe for use by many goroutines at once.
//
// Every failure of the database is an [*Error] with a code: errors.Is(err, koru.ErrConflict) asks for one, and
// [ErrNotFound] stands for all three ways of not being there.
package koru
