package report

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Look notes what the machine and the binary of the nodes are.
func Look(binary string) (Conditions, error) {
	c := Conditions{
		StartedAt: time.Now().UTC().Format(time.RFC3339),
		OS:        runtime.GOOS + "/" + runtime.GOARCH,
		CPU:       procField("/proc/cpuinfo", "model name"),
		Cores:     runtime.NumCPU(), GOMAXPROCS: runtime.GOMAXPROCS(0),
		MemoryBytes:   memory(),
		LoadAtStart:   loadAverage(),
		GoEnvironment: goEnvironment(),
		Settings:      map[string]map[string]string{},
	}
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return c, fmt.Errorf("read how %s was built: %w", binary, err)
	}
	c.GoVersion = info.GoVersion
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			c.Commit = setting.Value + c.Commit
		case "vcs.modified":
			if setting.Value == "true" {
				c.Commit += " with changes"
			}
		case "-tags":
			c.BinaryBuildTags = setting.Value
		}
	}
	for _, module := range info.Deps {
		switch module.Path {
		case "github.com/cosmos/cosmos-sdk":
			c.CosmosSDK = module.Version
		case "github.com/cometbft/cometbft":
			c.CometBFT = module.Version
		}
	}
	file, err := os.Stat(binary)
	if err != nil {
		return c, err
	}
	c.BinaryBytes = file.Size()
	return c, nil
}

// LookAgain notes what has become of the machine at the end.
func LookAgain(c *Conditions, started time.Time) {
	c.FinishedAt = time.Now().UTC().Format(time.RFC3339)
	c.Seconds = int(time.Since(started).Seconds())
	c.LoadAtEnd = loadAverage()
}

func loadAverage() string {
	const averages = 3
	text, err := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < averages {
		return "unknown"
	}
	return strings.Join(fields[:averages], " ")
}

func memory() int64 {
	kilobytes, _, _ := strings.Cut(procField("/proc/meminfo", "MemTotal"), " ")
	n, err := strconv.ParseInt(kilobytes, 10, 64)
	if err != nil {
		return 0
	}
	return n << 10
}

// procField finds the first line "name : value".
func procField(path, name string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		key, value, found := strings.Cut(line, ":")
		if found && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func goEnvironment() string {
	var set []string
	for _, name := range []string{"GOGC", "GOMEMLIMIT", "GODEBUG", "GOMAXPROCS"} {
		if value, found := os.LookupEnv(name); found {
			set = append(set, name+"="+value)
		}
	}
	return strings.Join(set, " ")
}
