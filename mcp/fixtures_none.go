//go:build !conformance

package mcp

import mcpserver "github.com/mark3labs/mcp-go/server"

// The tools that protocol conformance suites ask for by name exist only in
// builds with the tag conformance. Here there is no way round the Gate.

func fixtureOptions() []mcpserver.ServerOption { return nil }

func addFixtures(*mcpserver.MCPServer) func(*message) (bool, *rpcError) { return nil }
