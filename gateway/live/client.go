package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// Pace of a client that reconnects.
const (
	firstWait = 500 * time.Millisecond
	longWait  = 15 * time.Second
	// maxServerBytes bounds a message of the node; the longest has about 2 kB.
	maxServerBytes = 64 << 10
	maxErrorBytes  = 4 << 10
)

// Refused is a node's definite no: connecting again would not help.
type Refused struct {
	Status  int
	Message string
}

func (r *Refused) Error() string {
	return fmt.Sprintf("refused by the node (%d): %s", r.Status, r.Message)
}

// Client watches an account through a node's API server.
type Client struct {
	// API is the server's URL, such as http://localhost:1317.
	API     string
	Account string
	// After is the cursor behind which to go on; empty for the newest block. It moves on with each event.
	After string
	// Token gets a token for a node that wants one. It may be nil.
	Token func(context.Context) (string, error)
	// Lost is told that a connection was lost or not had, and how long the client waits. It may be nil.
	Lost func(err error, wait time.Duration)
}

// Watch gives each message to take, in order and without repeating one, until ctx ends, take fails, or
// the node refuses. Whatever else goes wrong, it connects again and goes on behind the last event.
func (c *Client) Watch(ctx context.Context, take func(Message) error) error {
	address, err := c.address()
	if err != nil {
		return err
	}
	wait := firstWait
	token := ""
	for {
		told, err := c.once(ctx, address, token, take)
		var refused *Refused
		var own *takeError
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &own):
			return own.error
		case errors.As(err, &refused):
			// A token ends with time, and a node that starts anew forgets its own.
			if refused.Status != http.StatusUnauthorized || c.Token == nil || (token != "" && wait > firstWait) {
				return err
			}
			if token, err = c.Token(ctx); err != nil {
				return err
			}
			if token == "" {
				return refused
			}
			wait = 2 * firstWait
			continue
		}
		if told {
			wait = firstWait
		}
		var full *fullError
		if errors.As(err, &full) {
			wait = max(wait, full.retry)
		}
		if c.Lost != nil {
			c.Lost(err, wait)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		wait = min(2*wait, longWait)
	}
}

// takeError is a failure of the caller's own.
type takeError struct{ error }

// fullError is a node that has no room now.
type fullError struct {
	message string
	retry   time.Duration
}

func (f *fullError) Error() string { return f.message }

func (c *Client) address() (*url.URL, error) {
	parsed, err := url.Parse(c.API)
	if err != nil {
		return nil, fmt.Errorf("address of the API server: %w", err)
	}
	switch parsed.Scheme {
	case "http", "tcp":
		parsed.Scheme = "ws"
	case "https":
		parsed.Scheme = "wss"
	case "ws", "wss":
	default:
		return nil, fmt.Errorf("address of the API server %q has no http:// or https://", c.API)
	}
	return parsed.JoinPath(pathBefore, c.Account, pathAfter), nil
}

// once holds one connection. told says that it brought a message.
func (c *Client) once(ctx context.Context, address *url.URL, token string, take func(Message) error) (told bool, err error) {
	target := *address
	if c.After != "" {
		target.RawQuery = url.Values{"after": {c.After}}.Encode()
	}
	dialer := websocket.Dialer{HandshakeTimeout: handshakeTimeout, Proxy: http.ProxyFromEnvironment}
	headers := http.Header{}
	if token != "" {
		headers.Set("Authorization", "Bearer "+token)
	}
	conn, answer, err := dialer.DialContext(ctx, target.String(), headers)
	if err != nil {
		return false, refusal(answer, err)
	}
	defer func() { _ = conn.Close() }()
	// A read has no context of its own.
	defer context.AfterFunc(ctx, func() { _ = conn.NetConn().Close() })()
	conn.SetReadLimit(maxServerBytes)
	alive := func() error { return conn.SetReadDeadline(time.Now().Add(IdleTimeout)) }
	conn.SetPingHandler(func(data string) error {
		if err := alive(); err != nil {
			return err
		}
		return conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(WriteTimeout))
	})
	for {
		if err := alive(); err != nil {
			return told, err
		}
		var message Message
		if err := conn.ReadJSON(&message); err != nil {
			return told, err
		}
		told = true
		if err := take(message); err != nil {
			return true, &takeError{err}
		}
		c.After = message.Cursor
	}
}

// refusal tells a definite no from one that passes.
func refusal(answer *http.Response, err error) error {
	if answer == nil {
		return err
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, maxErrorBytes))
	var body struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(text, &body) != nil || body.Message == "" {
		body.Message = strings.TrimSpace(string(text))
	}
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
		return &fullError{body.Message, min(time.Duration(max(seconds, 0))*time.Second, longWait)}
	}
	return &Refused{answer.StatusCode, body.Message}
}
