package koru

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// protocol is the version of the wire that this client speaks, and client is how it calls itself.
const (
	protocol = 1
	client   = "go/0.1.0"
)

// greeting is what a client says first.
var greeting = Value(fmt.Sprintf(`{"protocols":[%d],"client":%q}`, protocol, client))

// lineBytes is the longest line of the wire, its line feed included.
const lineBytes = 32 << 20

// reply is a line that comes back: a response, or a message of a stream.
type reply struct {
	ID     *int64   `json:"id"`
	Result Value    `json:"result"`
	Error  *refusal `json:"error"`
	Method string   `json:"method"`
	Params event    `json:"params"`
}

type refusal struct {
	Data *Error `json:"data"`
}

// event is a message of a stream.
type event struct {
	ID   int64  `json:"id"`
	Text string `json:"text"`
	More int    `json:"more"`
}

// answer is the result of a response, or its failure.
func (r *reply) answer() (Value, error) {
	switch {
	case r.Error != nil && r.Error.Data != nil:
		return nil, r.Error.Data
	case r.Error != nil || r.Result == nil:
		return nil, failure(ErrBadRequest, "The answer is neither a result nor an error record.")
	}
	return r.Result, nil
}

func readReply(line []byte) (*reply, error) {
	var r reply
	if err := json.Unmarshal(line, &r); err != nil {
		detail := fmt.Sprintf("The line %.80q that came is no message of the protocol: %v.", line, err)
		return nil, failure(ErrBadRequest, detail).because(err)
	}
	return &r, nil
}

// requestLine is a call as a line of the wire; a notification when its id is 0.
func requestLine(id int64, method string, params Value) ([]byte, error) {
	var line jsonText
	line.Grow(len(params) + len(method) + 64)
	line.WriteString(`{"jsonrpc":"2.0",`)
	if id > 0 {
		line.WriteString(`"id":`)
		line.Write(strconv.AppendInt(line.AvailableBuffer(), id, 10))
		line.WriteByte(',')
	}
	line.WriteString(`"method":`)
	if err := line.name(method, ErrUnknownOperation); err != nil {
		return nil, err
	}
	line.WriteString(`,"params":`)
	line.Write(params)
	line.WriteString("}\n")
	if line.Len() > lineBytes {
		detail := fmt.Sprintf("The call of %s is a line of %d bytes, and %d is the longest.", method, line.Len(), lineBytes)
		return nil, failure(ErrRequestTooLarge, detail).hint("To write more at once", "db.BatchPut(ctx, items)")
	}
	return line.Bytes(), nil
}
