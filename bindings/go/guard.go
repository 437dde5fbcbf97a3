package koru

// Guard is what the newest version of a key must be for a write to happen. The zero Guard asks for nothing.
type Guard struct {
	set     bool
	version string
}

// VersionIs guards a write with the id of a version.
func VersionIs(version string) Guard {
	return Guard{set: true, version: version}
}

// NoVersion guards a write with there being no value.
func NoVersion() Guard {
	return Guard{set: true}
}

// IsZero tells whether nothing is asked for.
func (g Guard) IsZero() bool {
	return !g.set
}

// MarshalJSON is the id of the version, or null for "no value".
func (g Guard) MarshalJSON() ([]byte, error) {
	if g.version == "" {
		return []byte("null"), nil
	}
	return ValueOf(g.version)
}
