package koru

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// server is a carrier over HTTP.
type server struct {
	base   *url.URL
	key    string
	client *http.Client
	retry  retry
	// One place for each call that may be under way, so that a thousand goroutines do not open a thousand connections.
	places chan struct{}
	closed atomic.Bool
}

// callsAtOnce is how many calls may be under way at one server.
const callsAtOnce = 64

// route is where an operation lives for people.
type route struct {
	method, path string
}

func newServer(address string, s settings) (*server, error) {
	base, err := url.Parse(strings.TrimRight(address, "/"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		detail := fmt.Sprintf("%q is not the address of a server, such as http://localhost:7878.", address)
		return nil, failure(ErrInvalidParams, detail).because(err)
	}
	client := s.client
	if client == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = callsAtOnce
		// Lines leave in few pieces, and the server reads each of those by itself.
		transport.WriteBufferSize = 64 << 10
		// Lines are answered by lines; unpacking them would hide where they break off.
		transport.DisableCompression = true
		// A server lets go of idle connections too; who is first spares a write that meets a closed one.
		transport.IdleConnTimeout = 4 * time.Second
		client = &http.Client{Transport: transport}
	}
	return &server{
		base: base, key: s.key, client: client, retry: retry{times: s.retries}, places: make(chan struct{}, callsAtOnce),
	}, nil
}

func (s *server) call(ctx context.Context, op string, params Value, repeatable bool) (Value, error) {
	line, err := requestLine(1, op, params)
	if err != nil {
		return nil, err
	}
	return s.retry.do(ctx, repeatable, func() (Value, error) {
		// A feed waits at the server for what is written, and must not keep others from writing it.
		if op != "changes" {
			select {
			case s.places <- struct{}{}:
				defer func() { <-s.places }()
			case <-ctx.Done():
				return nil, interrupted(ctx, op, outcomeOf(op, false))
			}
		}
		return s.callOnce(ctx, op, line)
	})
}

func (s *server) callOnce(ctx context.Context, op string, line []byte) (Value, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base.JoinPath("/v1/rpc").String(), bytes.NewReader(line))
	if err != nil {
		return nil, failure(ErrInvalidParams, err.Error()).because(err)
	}
	request.Header.Set("Content-Type", "application/json")
	var text []byte
	if err := s.exchange(request, op, nil, func(body io.Reader) (err error) {
		text, err = io.ReadAll(body)
		return err
	}); err != nil {
		return nil, err
	}
	r, err := readReply(text)
	if err != nil {
		return nil, err
	}
	return r.answer()
}

func (s *server) download(ctx context.Context, op string, params *members, to io.Writer) error {
	request, err := s.streamRequest(ctx, op, params, nil)
	if err != nil {
		return err
	}
	var unwritten error
	err = s.exchange(request, op, nil, func(body io.Reader) error {
		sink := &sink{to: to}
		_, err := io.Copy(sink, body)
		unwritten = sink.err
		return err
	})
	if unwritten != nil {
		return unwritten
	}
	return err
}

func (s *server) upload(ctx context.Context, op string, params *members, lines io.Reader) (Value, error) {
	source := &source{from: lines}
	defer source.stop()
	request, err := s.streamRequest(ctx, op, params, source)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-ndjson")
	var text []byte
	err = s.exchange(request, op, source, func(body io.Reader) (err error) {
		text, err = io.ReadAll(body)
		return err
	})
	if broken := source.broken(); broken != nil {
		return nil, broken
	}
	if err != nil {
		return nil, err
	}
	return text, nil
}

// streamRequest asks for an operation by its own route: its params are those of the query, but for what HTTP has a header
// for.
func (s *server) streamRequest(ctx context.Context, op string, params *members, body io.Reader) (*http.Request, error) {
	if params.err != nil {
		return nil, params.err
	}
	route := streamRoutes[op]
	query := url.Values{}
	header := http.Header{}
	for _, one := range params.list {
		text := one.text.String()
		// A text stands for itself; anything else is its JSON.
		if text[0] == '"' {
			if err := one.text.Decode(&text); err != nil {
				return nil, err
			}
		}
		if one.name == "idempotencyKey" {
			header.Set("Idempotency-Key", text)
		} else {
			query.Set(one.name, text)
		}
	}
	address := s.base.JoinPath(route.path)
	address.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, route.method, address.String(), body)
	if err != nil {
		return nil, failure(ErrInvalidParams, err.Error()).because(err)
	}
	request.Header = header
	return request, nil
}

// exchange sends a request and gives the body of a good response to take. lines is the body of the request where that is
// written piece by piece.
func (s *server) exchange(request *http.Request, op string, lines *source, take func(io.Reader) error) error {
	if s.closed.Load() {
		return failure(ErrClosed, "The database is closed.").leaving(outcomeOf(op, false))
	}
	var connected, written atomic.Bool
	ctx := httptrace.WithClientTrace(request.Context(), &httptrace.ClientTrace{
		GotConn:      func(httptrace.GotConnInfo) { connected.Store(true) },
		WroteRequest: func(info httptrace.WroteRequestInfo) { written.Store(info.Err == nil) },
	})
	if s.key != "" {
		request.Header.Set("Authorization", "Bearer "+s.key)
	}
	broken := func(err error) error {
		// The end of the lines may have been written although the rest of the request was not reported.
		outcome := outcomeOf(op, written.Load() || lines != nil && lines.ended.Load())
		var own *Error
		switch {
		case request.Context().Err() != nil:
			return interrupted(request.Context(), op, outcome)
		case errors.As(err, &own):
			return own
		case !connected.Load():
			return failure(ErrUnreachable, fmt.Sprintf("There is no connection to %s: %v.", s.base.Host, plain(err))).
				because(err).leaving(outcomeOf(op, false))
		}
		return lost(plain(err), op, outcome)
	}
	response, err := s.client.Do(request.WithContext(ctx))
	if err != nil {
		return broken(err)
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		return refused(response, op)
	}
	if err := take(response.Body); err != nil {
		return broken(err)
	}
	return nil
}

func (s *server) close() error {
	s.closed.Store(true)
	s.client.CloseIdleConnections()
	return nil
}

// plain is an error of the client of HTTP without the address, which its caller knows.
func plain(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// sink remembers that the failure of a copy was its own.
type sink struct {
	to  io.Writer
	err error
}

func (s *sink) Write(text []byte) (int, error) {
	n, err := s.to.Write(text)
	s.err = err
	return n, err
}
