// A program in Go, for the benchmarks: client ADDRESS ROWS.
//
// Each line of its input names some work: what, the first row, how many rows, and how many callers at once. Each is answered
// by the milliseconds that it took, without what is made ready before.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"
	"sync"
	"time"

	koru "github.com/koru-delta/go-client"
)

const namespace = "bench"

// document is what a user of Go would have for the values.
type document struct {
	ID     int     `json:"id"`
	Name   string  `json:"name"`
	Score  float64 `json:"score"`
	Active bool    `json:"active"`
	City   string  `json:"city"`
}

// client is a database and the rows that are read and written.
type client struct {
	db    *koru.DB
	lines [][]byte
	items []koru.Item
}

// work is one line of the input.
type work struct {
	what                  string
	start, count, callers int
}

func main() {
	log.SetFlags(0)
	if err := run(context.Background(), os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, address, path string) error {
	c := &client{}
	if err := c.read(path); err != nil {
		return err
	}
	var err error
	if folder, ok := strings.CutPrefix(address, "stdio:"); ok {
		c.db, err = koru.Open(ctx, folder)
	} else {
		c.db, err = koru.Connect(ctx, address)
	}
	if err != nil {
		return err
	}
	defer c.db.Close()
	fmt.Println()
	for input := bufio.NewScanner(os.Stdin); input.Scan(); {
		var w work
		if _, err := fmt.Sscan(input.Text(), &w.what, &w.start, &w.count, &w.callers); err != nil {
			return err
		}
		took, err := c.do(ctx, w)
		if err != nil {
			return err
		}
		fmt.Println(took.Seconds() * 1000)
	}
	return nil
}

// read takes lines of rows.
func (c *client) read(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for line := range bytes.Lines(text) {
		var row struct {
			Key   string
			Value document
		}
		if err := json.Unmarshal(line, &row); err != nil {
			return err
		}
		c.lines = append(c.lines, line)
		c.items = append(c.items, koru.Item{Namespace: namespace, Key: row.Key, Value: row.Value})
	}
	return nil
}

func (c *client) do(ctx context.Context, w work) (time.Duration, error) {
	items := c.items[w.start : w.start+w.count]
	switch w.what {
	case "lines":
		lines := bytes.NewReader(bytes.Join(c.lines[w.start:w.start+w.count], nil))
		started := time.Now()
		_, err := c.db.Load(ctx, lines, koru.In(namespace))
		return time.Since(started), err
	case "batch":
		started := time.Now()
		_, err := c.db.BatchPut(ctx, items)
		return time.Since(started), err
	}
	started := time.Now()
	failures := make([]error, w.callers)
	var all sync.WaitGroup
	for caller := range w.callers {
		all.Add(1)
		go func() {
			defer all.Done()
			for at := caller; at < len(items) && failures[caller] == nil; at += w.callers {
				failures[caller] = c.call(ctx, w.what, items[at])
			}
		}()
	}
	all.Wait()
	for _, err := range failures {
		if err != nil {
			return 0, err
		}
	}
	return time.Since(started), nil
}

func (c *client) call(ctx context.Context, what string, item koru.Item) error {
	if what == "get" {
		_, err := koru.Get[document](ctx, c.db, item.Namespace, item.Key)
		return err
	}
	_, err := c.db.Put(ctx, item.Namespace, item.Key, item.Value)
	return err
}
