package live

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/gorilla/websocket"

	"github.com/zhilian-network/zhilian/gateway/index"
)

// Index is what is read for a subscriber that has something to catch up with.
type Index interface {
	Position(ctx context.Context) (index.Position, error)
	Events(ctx context.Context, account string, after index.EventCursor, limit int) (index.EventPage, error)
}

// Close codes besides those of the protocol's normal course (RFC 6455, section 7.4).
const (
	// CodeStopping: the node stops.
	CodeStopping = websocket.CloseGoingAway
	// CodeTalked: the client sent a message.
	CodeTalked = websocket.CloseUnsupportedData
	// CodeSlow: the client read too slowly.
	CodeSlow = websocket.CloseTryAgainLater
	// CodeFailed: the node could not read its index.
	CodeFailed = websocket.CloseInternalServerErr
	// CodeDenied: the client may not watch any more: its token has expired, or its operator was suspended.
	CodeDenied = websocket.ClosePolicyViolation
)

// subscriber is one connection that watches one account. Its queue belongs to the hub's lock; the rest
// to the goroutine that runs it.
type subscriber struct {
	hub     *Hub
	index   Index
	account string
	conn    *websocket.Conn
	last    index.EventCursor // of what was sent
	pinged  time.Time
	// reader ends when the client has gone; ended says why.
	reader chan struct{}
	ended  error
	// still says why the client may not watch any more; nil while it may.
	still func() error

	wake        chan struct{} // something is in the queue
	queue       []encoded
	queuedBytes int
	dropped     string
}

var (
	errTalked   = errors.New("the client sent a message")
	errStopping = errors.New("the node stops")
	errSlow     = errors.New("the client reads too slowly")
	errIndex    = errors.New("the index cannot be read")
	errDenied   = errors.New("the client may not watch any more")
)

// run serves the connection until one side ends it. after is where the client wants to go on; nil
// stands for the newest block.
func (s *subscriber) run(after *index.EventCursor) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		s.ended = s.read()
		close(s.reader)
		cancel()
	}()
	s.hub.attach(s)
	defer s.hub.detach(s)
	err := s.serve(ctx, after)
	s.hub.unregister(s)
	select {
	case <-s.reader:
		// Whatever else failed, failed because the client's side had ended.
		if !errors.Is(err, errSlow) {
			err = s.ended
		}
	default:
	}
	s.goodbye(err)
}

// serve catches up, registers, catches up with what came meanwhile, and goes live.
func (s *subscriber) serve(ctx context.Context, after *index.EventCursor) error {
	if after == nil {
		s.hub.register(s)
	}
	position, err := s.index.Position(ctx)
	if err != nil {
		return errors.Join(errIndex, err)
	}
	s.last = index.AfterBlock(position.Height)
	if after != nil {
		s.last = *after
	}
	first, err := start(s.last, position)
	if err != nil {
		return errors.Join(errIndex, err)
	}
	if err := s.write(first.text); err != nil {
		return err
	}
	if after != nil {
		if err := s.catchUp(ctx); err != nil {
			return err
		}
		s.hub.register(s)
		// What was indexed before the registration and after the last page.
		if err := s.catchUp(ctx); err != nil {
			return err
		}
	}
	return s.live()
}

// catchUp sends what the index holds behind the last event, page by page.
func (s *subscriber) catchUp(ctx context.Context) error {
	for {
		page, err := s.index.Events(ctx, s.account, s.last, index.MaxEvents)
		if err != nil {
			return errors.Join(errIndex, err)
		}
		for _, event := range page.Events {
			text, err := encode(event)
			if err != nil {
				return errors.Join(errIndex, err)
			}
			if err := s.send(text); err != nil {
				return err
			}
		}
		if !page.More {
			return nil
		}
	}
}

// live sends what blocks bring.
func (s *subscriber) live() error {
	ping := time.NewTicker(s.hub.limits.Ping)
	defer ping.Stop()
	for {
		select {
		case <-s.reader:
			return s.ended
		case <-s.hub.closing:
			return errStopping
		case <-ping.C:
			if err := s.still(); err != nil {
				return errors.Join(errDenied, err)
			}
			if err := s.ping(); err != nil {
				return err
			}
		case <-s.wake:
			events, dropped := s.hub.take(s)
			for _, event := range events {
				if err := s.send(event); err != nil {
					return err
				}
			}
			switch dropped {
			case DroppedSlow:
				return errSlow
			case DroppedFailed:
				return errIndex
			}
		}
	}
}

// send writes an event unless it was sent already: a block may come from the index and from the hub.
func (s *subscriber) send(event encoded) error {
	if !event.cursor.After(s.last) {
		return nil
	}
	select {
	case <-s.reader:
		return s.ended
	case <-s.hub.closing:
		return errStopping
	default:
	}
	// A long way to catch up must not look like silence.
	if time.Since(s.pinged) > s.hub.limits.Ping {
		if err := s.ping(); err != nil {
			return err
		}
	}
	if err := s.write(event.text); err != nil {
		return err
	}
	s.last = event.cursor
	return nil
}

func (s *subscriber) write(text []byte) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(s.hub.limits.Write)); err != nil {
		return err
	}
	return slowIfTimeout(s.conn.WriteMessage(websocket.TextMessage, text))
}

func (s *subscriber) ping() error {
	s.pinged = time.Now()
	return slowIfTimeout(s.conn.WriteControl(websocket.PingMessage, nil, s.pinged.Add(s.hub.limits.Write)))
}

func slowIfTimeout(err error) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return errors.Join(errSlow, err)
	}
	return err
}

// read takes control frames; the client has nothing else to say.
func (s *subscriber) read() error {
	s.conn.SetReadLimit(maxClientBytes)
	awake := func(string) error { return s.conn.SetReadDeadline(time.Now().Add(s.hub.limits.Idle)) }
	s.conn.SetPongHandler(awake)
	if err := awake(""); err != nil {
		return err
	}
	_, _, err := s.conn.NextReader()
	if err == nil || errors.Is(err, websocket.ErrReadLimit) {
		return errTalked
	}
	return err
}

// goodbye says why the connection ends, gives the client a moment to answer, and closes it.
func (s *subscriber) goodbye(err error) {
	code, text, dropped := s.farewell(err)
	if dropped != "" {
		s.hub.meter.SubscriberDropped(dropped)
	}
	if code != 0 {
		deadline := time.Now().Add(s.hub.limits.Goodbye)
		// The client may be gone already.
		_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, text), deadline)
		select {
		case <-s.reader:
		case <-time.After(s.hub.limits.Goodbye):
		}
	}
	_ = s.conn.Close()
	<-s.reader
}

// farewell turns the end of a connection into a close code, words (at most 123 bytes, as the protocol
// wants), and the reason for the metrics. Code 0: the client has gone.
func (s *subscriber) farewell(err error) (code int, text, dropped string) {
	resume := ": go on with ?after=" + s.last.String()
	var timeout net.Error
	switch {
	case errors.Is(err, errStopping):
		return CodeStopping, "the node stops" + resume, ""
	case errors.Is(err, errSlow):
		return CodeSlow, "read too slowly" + resume, DroppedSlow
	case errors.Is(err, errTalked):
		return CodeTalked, "this stream takes no messages", DroppedTalked
	case errors.Is(err, errDenied):
		return CodeDenied, "token expired or reading denied" + resume, DroppedDenied
	case errors.Is(err, errIndex):
		return CodeFailed, "the index could not be read" + resume, DroppedFailed
	case errors.As(err, &timeout) && timeout.Timeout():
		return 0, "", DroppedSilent
	}
	return 0, "", ""
}
