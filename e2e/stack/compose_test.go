//go:build linux && netns

package stack

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/counterfoil/counterfoil/e2e/lab"
)

// root is the repository.
const root = "../.."

// composition is what of compose.yaml says who reaches whom.
type composition struct {
	Services map[string]service
	Networks map[string]network
}

type service struct {
	Networks []string
	Mode     string `yaml:"network_mode"`
	Command  []string
	Profiles []string
	Ports    []string
	User     string
}

type network struct {
	Internal bool
	Options  map[string]string `yaml:"driver_opts"`
	subnet   int               // 172.30.N.0/24
}

// bridge is the name of the network's bridge on the host.
func (n network) bridge() string { return n.Options["com.docker.network.bridge.name"] }

// gateway is the host's own address in the network, "" if it has none.
func (n network) gateway() string {
	if n.Internal && n.Options["com.docker.network.bridge.gateway_mode_ipv4"] == "isolated" {
		return ""
	}
	return fmt.Sprintf("172.30.%d.1", n.subnet)
}

// out reports whether the engine would give the network a way out, and whether
// behind the host's own address.
func (n network) out() (routed, masqueraded bool) {
	return !n.Internal, !n.Internal && n.Options["com.docker.network.bridge.enable_ip_masquerade"] != "false"
}

// readComposition reads compose.yaml: the services that run, and their networks.
func readComposition(t *testing.T) *composition {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "compose.yaml"))
	lab.Must(t, err)
	var c composition
	lab.Must(t, yaml.Unmarshal(text, &c))
	for name, s := range c.Services {
		if len(s.Profiles) > 0 || name == "prepare" {
			delete(c.Services, name) // prepare has no network, and makes files
		}
	}
	for i, name := range c.networks() {
		n := c.Networks[name]
		n.subnet = i + 1
		if n.bridge() == "" && slices.ContainsFunc(c.services(), func(s string) bool { return slices.Contains(c.Services[s].Networks, name) }) {
			t.Fatalf("network %s names no bridge, so that deploy/firewall.sh cannot", name)
		}
		c.Networks[name] = n
	}
	return &c
}

func (c *composition) services() []string { return sorted(c.Services) }
func (c *composition) networks() []string { return sorted(c.Networks) }

// address is a service's in a network.
func (c *composition) address(name, in string) string {
	return fmt.Sprintf("172.30.%d.%d", c.Networks[in].subnet, 10+slices.Index(c.services(), name))
}

// shared is the address by which one service reaches another, "" if they have no
// network in common.
func (c *composition) shared(from, to string) string {
	for _, n := range c.Services[from].Networks {
		if slices.Contains(c.Services[to].Networks, n) {
			return c.address(to, n)
		}
	}
	return ""
}

// hosts is what the engine's resolver would tell a service: the names of those
// that share a network with it.
func (c *composition) hosts(of string) string {
	lines := []string{"127.0.0.1 localhost"}
	for _, to := range c.services() {
		if a := c.shared(of, to); a != "" {
			lines = append(lines, a+" "+to)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

func sorted[V any](m map[string]V) (list []string) {
	for name := range m {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
