package koru

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// bridgeVariable names the kdelta program, as a command line of a shell.
const bridgeVariable = "KDELTA_BRIDGE"

// bridgeGrace is how long a bridge may take to finish what it was told when its database is closed.
const bridgeGrace = 10 * time.Second

// bridge is a conversation with a child process that holds a folder. The child ends when its pipe closes, also when that is
// because this process dies.
type bridge struct {
	*conversation
	process *os.Process
}

// startBridge starts the kdelta program and makes sure that it speaks our protocol.
func startBridge(ctx context.Context, s settings, place ...string) (*bridge, error) {
	words, err := bridgeCommand(s)
	if err != nil {
		return nil, err
	}
	words = append(words, "bridge", "--stdio", "--json")
	words = append(words, place...)
	if s.sealKeyFile != "" {
		words = append(words, "--key-file", s.sealKeyFile)
	}
	command := exec.Command(words[0], words[1:]...)
	// What it started itself must not keep us from learning that it ended.
	command.WaitDelay = time.Second
	complaints := &tail{}
	command.Stderr = complaints
	in, err := command.StdinPipe()
	if err != nil {
		return nil, failure(ErrIOError, err.Error()).because(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, failure(ErrIOError, err.Error()).because(err)
	}
	if err := command.Start(); err != nil {
		return nil, notFoundBridge(fmt.Sprintf("%s cannot be started: %v.", words[0], err)).because(err)
	}
	b := &bridge{process: command.Process}
	b.conversation = converse(in, out, func(end error) error { return b.ended(command, end, complaints) })
	if err := b.greet(ctx); err != nil {
		b.kill()
		return nil, err
	}
	return b, nil
}

// bridgeCommand finds the kdelta program.
func bridgeCommand(s settings) ([]string, error) {
	if len(s.bridge) > 0 {
		return s.bridge, nil
	}
	if words := shellWords(os.Getenv(bridgeVariable)); len(words) > 0 {
		return words, nil
	}
	path, err := exec.LookPath("kdelta")
	if err != nil {
		return nil, notFoundBridge("The kdelta program is not on the PATH.").because(err)
	}
	return []string{path}, nil
}

func notFoundBridge(detail string) *Error {
	ways := fmt.Sprintf(" It opens a folder for Go. Name it by the setting koru.WithBridge or in the variable %s, "+
		"or put it on the PATH: npm install --global kdelta. Or let a server hold the folder, and use koru.Connect.", bridgeVariable)
	return failure(ErrBridgeNotFound, detail+ways).
		hint("To name the program", `koru.Open(ctx, path, koru.WithBridge("node", "/path/to/kdelta.js"))`)
}

func (b *bridge) greet(ctx context.Context) error {
	_, err := b.call(ctx, "hello", greeting, true)
	var own *Error
	// A bridge that cannot open its folder says why and ends.
	if errors.As(err, &own) && own.Code == ErrConnectionLost && errors.As(own.cause, &own) {
		return own
	}
	return err
}

// ended says why no line comes any more, once the child is gone.
func (b *bridge) ended(command *exec.Cmd, end error, complaints *tail) error {
	if end != io.EOF && !errors.Is(end, fs.ErrClosed) {
		// It breaks the rules; what it would say next is not to be trusted either.
		b.kill()
	}
	exit := command.Wait()
	if own := complaints.record(); own != nil {
		return own
	}
	switch {
	case end != io.EOF:
		return end
	case exit != nil:
		return fmt.Errorf("the bridge ended with %w%s", exit, complaints)
	default:
		return fmt.Errorf("the bridge ended%s", complaints)
	}
}

func (b *bridge) close() error {
	b.shut()
	select {
	case <-b.done:
		return nil
	case <-time.After(bridgeGrace):
		b.kill()
		<-b.done
		detail := fmt.Sprintf("The bridge had not ended %s after it was closed, and was killed.", bridgeGrace)
		return failure(ErrTimeout, detail).leaving(Unknown)
	}
}

// kill ends the child at once. It may have ended by itself.
func (b *bridge) kill() {
	b.process.Kill()
}

// tail keeps the end of what a child says to people.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailBytes = 16 << 10

func (t *tail) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, text...)
	if over := len(t.text) - tailBytes; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(text), nil
}

// record is the failure that the kdelta program ended with, where it told one.
func (t *tail) record() *Error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, line := range bytes.Split(t.text, []byte("\n")) {
		var told struct {
			Error *Error `json:"error"`
		}
		if json.Unmarshal(line, &told) == nil && told.Error != nil && told.Error.Code != "" {
			return told.Error
		}
	}
	return nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.TrimSpace(string(t.text))
	if text == "" {
		return ""
	}
	return " and said: " + text
}
