package config

import (
	"net/netip"
	"path/filepath"
	"strings"
	"time"
)

// LLM names the local model; without a model there is none, and the tools
// that need it are not there.
type LLM struct {
	// Endpoint is unix:PATH, relative to the data folder, or http://HOST:PORT; ""
	// is unix:run/model/engine.sock, where an engine that serve starts listens.
	Endpoint string `yaml:"endpoint"`
	// Networks are the operator's own that HOST may lie in; the loopback needs
	// none, and a public address is refused whatever they say.
	Networks []netip.Prefix `yaml:"networks"`
	// Model is the id by which the engine serves it.
	Model string `yaml:"model"`
	// File is the model's file, whose SHA-256 goes into every record; relative to
	// the data folder. An engine in the sandbox sees it, read-only.
	File string `yaml:"file"`
	// Command starts the engine in the sandbox; "" means that somebody else does.
	Command []string `yaml:"command"`
	// ReadOnly are further paths that the engine may read.
	ReadOnly []string `yaml:"read_only"`
	// Port is set for an engine that speaks only TCP, on the inner loopback.
	Port int `yaml:"port"`
	// MemoryMiB bounds the engine's address space; 0 does not.
	MemoryMiB int `yaml:"memory_mib"`
	// Seed goes into every request.
	Seed int `yaml:"seed"`
	// Timeout bounds one answer; 0 is llm.DefaultTimeout.
	Timeout time.Duration `yaml:"timeout"`
	// ToolCalls says that the model supports tool calls; otherwise `ask` has it
	// fill in a form.
	ToolCalls bool `yaml:"tool_calls"`
	// Principal is whose rights the model has in `ask`.
	Principal string `yaml:"principal"`
}

// Bounds of the llm section.
const (
	maxModelTimeout = 10 * time.Minute
	maxModelMemory  = 1 << 20 // MiB: a terabyte
)

// engineSocket is where an engine that serve starts listens.
const engineSocket = "run/model/engine.sock"

func (ck *checker) llm(c *Config) {
	l := &c.LLM
	if l.Endpoint == "" {
		l.Endpoint = "unix:" + engineSocket
	}
	on := l.Model != ""
	ck.want(on || len(l.Command) == 0 && l.File == "" && l.Principal == "", "the id of the model that the engine serves", "llm", "model")
	ck.want(len(l.Model) <= 128 && !strings.ContainsAny(l.Model, " \t\n"), "an id of at most 128 bytes without spaces", "llm", "model")
	ck.want(strings.HasPrefix(l.Endpoint, "unix:") || strings.HasPrefix(l.Endpoint, "http://"), "unix:PATH or http://HOST:PORT", "llm", "endpoint")
	ck.want(len(l.Command) == 0 || strings.HasPrefix(l.Endpoint, "unix:"), "a unix socket, where serve starts the engine", "llm", "endpoint")
	ck.want(l.Port >= 0 && l.Port <= 65535, "a port", "llm", "port")
	ck.want(l.MemoryMiB >= 0 && l.MemoryMiB <= maxModelMemory, "a size in MiB, or 0 for no bound", "llm", "memory_mib")
	ck.want(l.Timeout >= 0 && l.Timeout <= maxModelTimeout, "a duration up to 10m", "llm", "timeout")
	for i, p := range l.ReadOnly {
		ck.want(filepath.IsAbs(p), "an absolute path", "llm", "read_only", i)
	}
	ck.want(l.Principal == "" || c.Find(l.Principal) >= 0, "the name of a principal in this config", "llm", "principal")
}
