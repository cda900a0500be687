package stage

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/google/pprof/profile"
)

// Take asks a node for its CPU profile of the next whole seconds. url is that of CometBFT's profiler.
func Take(ctx context.Context, url string, length time.Duration) (*profile.Profile, error) {
	seconds := max(int(length.Seconds()), 1)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"?seconds="+strconv.Itoa(seconds), nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("take a CPU profile: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("take a CPU profile: the node says %s", response.Status)
	}
	taken, err := profile.Parse(response.Body)
	if err != nil {
		return nil, fmt.Errorf("take a CPU profile: %w", err)
	}
	return taken, nil
}
