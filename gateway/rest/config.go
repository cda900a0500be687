package rest

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cast"
	"google.golang.org/grpc"

	"cosmossdk.io/log/v2"
)

// Limits that hold for every caller. Those that a network may need otherwise are settings; see Config.
const (
	// URLBytesMax bounds path and query of a request. The longest that makes sense has some 600 bytes.
	URLBytesMax = 8 << 10
	// QueryBodyBytesMax bounds the body of a query: 1,000 digests have some 50 kB.
	QueryBodyBytesMax = 256 << 10
	// TransactionBodyBytesMax bounds the body of a broadcast or a simulation: a transaction of 2 MiB
	// in base64.
	TransactionBodyBytesMax = 4 << 20
	// AnswerBytesMax bounds an answer; the gRPC connection below has a lower bound of its own.
	AnswerBytesMax = 16 << 20
	// ClientsMax bounds the addresses whose use is counted. The longest unseen is forgotten first.
	ClientsMax = 10_000
	// LoopbackFactor is how much more callers on the node's own machine may ask: often a gateway
	// stands there for many.
	LoopbackFactor = 10
)

// Defaults of the settings.
const (
	DefaultRequestsPerSecond  = 100
	DefaultBurst              = 200
	DefaultConcurrentRequests = 64
	DefaultDeadline           = 10 * time.Second
)

// Heights tells the lowest height whose state is kept, and the newest.
type Heights func() (earliest, newest int64)

// Route is a handler of another part of the node below /zhilian/ or elsewhere on the server.
type Route struct {
	// Path of the route, with gorilla/mux variables; a prefix if it ends in "/".
	Path string
	// Handler answers. mux.Vars gives it the variables.
	Handler http.Handler
	// Streams is set for handlers that answer for long or take over the connection (WebSocket).
	// Deadline, concurrency bound and buffering do not apply to them: they bound themselves.
	Streams bool
}

// Config are the settings of the door. The zero value of a limit stands for its default.
type Config struct {
	// RequestsPerSecond that one address may make, averaged; Burst at once.
	RequestsPerSecond float64
	Burst             int
	// ConcurrentRequests that are worked on at one time, of all callers.
	ConcurrentRequests int
	// Deadline of one request.
	Deadline time.Duration
	// Origins of web pages that may read with GET, and write with POST. Empty: any page may read.
	Origins []string
	// NoCORS leaves CORS to the server around the door.
	NoCORS bool

	Heights Heights
	Logger  log.Logger
	Routes  []Route
	// Guard puts the read door before every query; nil answers whoever asks.
	Guard func(grpc.ClientConnInterface) grpc.ClientConnInterface
}

// Options is what Config reads of app.toml.
type Options interface{ Get(key string) any }

// ReadConfig reads the section [rest] of app.toml. Keys that are absent have their defaults.
func ReadConfig(options Options) (Config, error) {
	config := Config{}
	var err error
	read := func(key string, into func(value any) error) {
		if value := options.Get("rest." + key); value != nil && err == nil {
			if err = into(value); err != nil {
				err = fmt.Errorf("app.toml, rest.%s: %w", key, err)
			}
		}
	}
	read("requests-per-second", func(value any) (err error) {
		config.RequestsPerSecond, err = cast.ToFloat64E(value)
		return notNegative(err, config.RequestsPerSecond)
	})
	read("burst", func(value any) (err error) {
		config.Burst, err = cast.ToIntE(value)
		return notNegative(err, config.Burst)
	})
	read("concurrent-requests", func(value any) (err error) {
		config.ConcurrentRequests, err = cast.ToIntE(value)
		return notNegative(err, config.ConcurrentRequests)
	})
	read("deadline", func(value any) (err error) {
		config.Deadline, err = cast.ToDurationE(value)
		return notNegative(err, config.Deadline)
	})
	read("origins", func(value any) (err error) {
		if config.Origins, err = cast.ToStringSliceE(value); err != nil {
			return err
		}
		return checkOrigins(config.Origins)
	})
	return config, err
}

func notNegative[N float64 | int | time.Duration](err error, value N) error {
	if err == nil && value < 0 {
		return fmt.Errorf("%v is negative", value)
	}
	return err
}

func checkOrigins(origins []string) error {
	for _, origin := range origins {
		parsed, err := url.Parse(origin)
		if err != nil || parsed.Host == "" || parsed.Path != "" || parsed.Scheme != "https" && parsed.Scheme != "http" {
			return fmt.Errorf("%q is no origin such as https://console.example", origin)
		}
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.RequestsPerSecond == 0 {
		c.RequestsPerSecond = DefaultRequestsPerSecond
	}
	if c.Burst == 0 {
		c.Burst = DefaultBurst
	}
	if c.ConcurrentRequests == 0 {
		c.ConcurrentRequests = DefaultConcurrentRequests
	}
	if c.Deadline == 0 {
		c.Deadline = DefaultDeadline
	}
	if c.Logger == nil {
		c.Logger = log.NewNopLogger()
	}
	return c
}
