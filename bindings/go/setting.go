package koru

import (
	"net/http"
	"time"
)

// Setting is an option of [Connect], [Open] and [Start].
type Setting func(*settings)

type settings struct {
	key         string
	timeout     time.Duration
	retries     int
	client      *http.Client
	actor       string
	bridge      []string
	sealKeyFile string
}

const (
	defaultTimeout = 30 * time.Second
	defaultRetries = 2
)

func settled(given []Setting) settings {
	s := settings{timeout: defaultTimeout, retries: defaultRetries}
	for _, setting := range given {
		setting(&s)
	}
	return s
}

// WithKey is the API key that a server asks for.
func WithKey(key string) Setting { return func(s *settings) { s.key = key } }

// WithTimeout bounds each call, with all that is tried again; 30 seconds when not given, and 0 for no bound. Load, Import,
// Export, Changes and Watch are bounded by their context alone.
func WithTimeout(d time.Duration) Setting { return func(s *settings) { s.timeout = d } }

// WithRetries says how often a call to a server is tried again; twice when not given.
func WithRetries(times int) Setting { return func(s *settings) { s.retries = max(times, 0) } }

// WithHTTPClient talks to the server by this client, for proxies and certificates. Its Timeout, if any, also ends long
// transfers.
func WithHTTPClient(client *http.Client) Setting { return func(s *settings) { s.client = client } }

// WithActor is who writes, where a write does not say it with [Actor].
func WithActor(name string) Setting { return func(s *settings) { s.actor = name } }

// WithBridge is the kdelta program that carries a folder, with the words that come before its own, such as
// WithBridge("node", "kdelta.js").
func WithBridge(command ...string) Setting { return func(s *settings) { s.bridge = command } }

// WithSealKeyFile opens a sealed folder, or seals a new one, with the key in a file.
func WithSealKeyFile(path string) Setting { return func(s *settings) { s.sealKeyFile = path } }
