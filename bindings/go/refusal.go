package koru

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// refusalBytes is more than any error record has.
const refusalBytes = 1 << 20

// statusCodes are the codes of answers that are not of our server, but of something before it.
var statusCodes = map[int]Code{
	http.StatusUnauthorized:          ErrUnauthorized,
	http.StatusForbidden:             ErrForbidden,
	http.StatusRequestEntityTooLarge: ErrRequestTooLarge,
	http.StatusTooManyRequests:       ErrRateLimited,
	http.StatusServiceUnavailable:    ErrUnavailable,
	http.StatusBadGateway:            ErrConnectionLost,
	http.StatusGatewayTimeout:        ErrTimeout,
}

// refused is the failure that a response with a bad status tells.
func refused(response *http.Response, op string) error {
	text, _ := io.ReadAll(io.LimitReader(response.Body, refusalBytes))
	own := &Error{}
	if json.Unmarshal(text, own) != nil || own.Code == "" {
		code, ok := statusCodes[response.StatusCode]
		if !ok {
			code = ErrBadRequest
		}
		said := strings.ToValidUTF8(strings.TrimSpace(string(text)), "?")
		own = failure(code, fmt.Sprintf("%s answered %s: %.200s", response.Request.URL.Host, response.Status, said))
		if code == ErrConnectionLost || code == ErrTimeout {
			own.Outcome = outcomeOf(op, true)
		}
	}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil {
		own.after = time.Duration(seconds) * time.Second
	}
	return own
}
