package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/counterfoil/counterfoil/internal/telemetry"
)

func (ck *checker) telemetry(c *telemetry.Config) {
	ck.want(c.Metrics == "" || ValidAddress(c.Metrics), "HOST:PORT, such as 127.0.0.1:9464", "telemetry", "metrics")
	if c.OTLP.Endpoint != "" {
		_, err := telemetry.DestinationOf(c.OTLP)
		ck.want(err == nil, "https://HOST:PORT, or http:// on loopback", "telemetry", "otlp", "endpoint")
	}
	for i, s := range c.OTLP.Signals {
		ck.want(slices.Contains(telemetry.Signals, s), fmt.Sprint("one of ", strings.Join(telemetry.Signals, ", ")), "telemetry", "otlp", "signals", i)
	}
	ck.want(c.OTLP.Endpoint != "" || c.OTLP.CAFile == "" && c.OTLP.TokenFile == "" && len(c.OTLP.Signals) == 0, "an endpoint", "telemetry", "otlp")
}
