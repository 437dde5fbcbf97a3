package koru

import "os"

// Bridge is the child process that carries a database.
func (db *DB) Bridge() *os.Process {
	return db.carrier.(*bridge).process
}

// ShellWords is how the variable KDELTA_BRIDGE is split.
var ShellWords = shellWords
