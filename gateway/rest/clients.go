package rest

import (
	"net/http"
	"net/netip"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
	"google.golang.org/grpc/codes"

	"github.com/zhilian-network/zhilian/gateway/internal/caller"
)

// clients counts what each address asks: a bucket of tokens that fills again.
type clients struct {
	perSecond float64
	burst     int
	buckets   *lru.Cache[netip.Prefix, *rate.Limiter]
}

func newClients(perSecond float64, burst int) (*clients, error) {
	buckets, err := lru.New[netip.Prefix, *rate.Limiter](ClientsMax)
	if err != nil {
		return nil, err
	}
	return &clients{perSecond: perSecond, burst: burst, buckets: buckets}, nil
}

// admit takes a token of the caller's bucket, or refuses.
func (c *clients) admit(r *http.Request, now time.Time) *failure {
	bucket := c.bucket(caller.Of(r))
	reservation := bucket.ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	reservation.CancelAt(now)
	return busy(http.StatusTooManyRequests, codes.ResourceExhausted, max(1, int((wait+time.Second-1)/time.Second)),
		"too many requests from this address; wait as long as Retry-After says")
}

func (c *clients) bucket(client netip.Prefix) *rate.Limiter {
	if known, ok := c.buckets.Get(client); ok {
		return known
	}
	perSecond, burst := c.perSecond, c.burst
	if client.Addr().IsLoopback() {
		perSecond, burst = perSecond*LoopbackFactor, burst*LoopbackFactor
	}
	fresh := rate.NewLimiter(rate.Limit(perSecond), burst)
	if known, ok, _ := c.buckets.PeekOrAdd(client, fresh); ok {
		return known
	}
	return fresh
}
