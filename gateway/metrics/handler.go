package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Path is where the handler belongs.
const Path = "/metrics"

// Bounds of a scrape.
const (
	maxScrapes    = 4
	scrapeTimeout = 10 * time.Second
)

// Handler serves the metrics in Prometheus' text format, together with what else the process measures:
// the Go runtime, the process, and CometBFT's own if its configuration turns them on (prometheus = true
// in config.toml).
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(prometheus.Gatherers{m.registry, prometheus.DefaultGatherer}, promhttp.HandlerOpts{
		// What can be had is better than nothing.
		ErrorHandling:       promhttp.ContinueOnError,
		MaxRequestsInFlight: maxScrapes,
		Timeout:             scrapeTimeout,
	})
}

// Gather returns what is measured now, without that of the process.
func (m *Metrics) Gather() prometheus.Gatherer { return m.registry }
