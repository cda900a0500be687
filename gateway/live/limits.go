package live

import "time"

// Limits bound what watchers cost the node.
type Limits struct {
	// Subscribers is how many connections there are in total.
	Subscribers int
	// PerClient is how many of them one client may have.
	PerClient int
	// QueueBytes is how much may wait for one subscriber before it counts as slow.
	QueueBytes int
	// TotalQueueBytes is how much may wait for all subscribers together.
	TotalQueueBytes int
	// Write is how long one message may take to be written.
	Write time.Duration
	// Ping is the time between two pings, and Idle how long a client may say nothing to them.
	Ping, Idle time.Duration
	// Goodbye is how long a client has to answer a close.
	Goodbye time.Duration
}

// The limits of a node. The API server takes 1,000 connections by default; half of them stay free for
// requests.
const (
	MaxSubscribers     = 500
	MaxPerClient       = 50
	MaxQueueBytes      = 8 << 20
	MaxTotalQueueBytes = 128 << 20
	WriteTimeout       = 10 * time.Second
	PingInterval       = 25 * time.Second
	IdleTimeout        = 60 * time.Second
	GoodbyeTimeout     = time.Second

	// maxClientBytes is the most that a client may send in one frame: control frames only.
	maxClientBytes = 125
)

// DefaultLimits are the limits of a node.
func DefaultLimits() Limits {
	return Limits{
		Subscribers: MaxSubscribers, PerClient: MaxPerClient,
		QueueBytes: MaxQueueBytes, TotalQueueBytes: MaxTotalQueueBytes,
		Write: WriteTimeout, Ping: PingInterval, Idle: IdleTimeout, Goodbye: GoodbyeTimeout,
	}
}
