// Command counterfoil serves bank transactions to language models one bounded,
// policed, redacted and recorded tool call at a time. See docs/cli.md.
//
// Here are the commands: their flags, their texts, what they print, and the wiring.
// Each has a file; what begins with its name belongs to it (importpreview.go to
// import, auditlist.go to audit). main.go starts the process, root.go lists the
// commands. A command reads from top to bottom: it checks its flags, reads the
// config, opens what it needs, has it do the work, and prints what came of it.
//
// What a command is made of are packages in internal/, none of which knows of flags.
// Each imports only those before it (internal/imports of the module has the order,
// and a test):
//
//	bounded       reads files that must not be longer than they may
//	build         which build of the program this is
//	exit          how a command ends: exit codes, and errors with a hint
//	console       how the command speaks: results, notes, questions
//	config        config.yaml: what it may say, its strict reading, its edits
//	home          where a process works: data folder, config, environment, streams
//	kek           opens the key-encryption keys that a config names
//	storage       opens the store, the log, the policy and the approvals
//	setup         makes a data folder
//	engine        the local model: its engine in the sandbox, and the proof
//	document      redacts whole inputs for the command redact
//	arrivals      which files have come into a watched folder
//	clientconfig  edits the file in which an MCP client keeps its servers
//	folder        an open data folder, and the way to the process that owns it
//	confine       has the kernel forbid a server what its config does not need
//	talk          a conversation with the local model
//	auditor       reads what was recorded, to check and to replay it
//
// The way of one call, from "counterfoil call TOOL": newCallCmd (call.go) reads the
// arguments; folder.OpenBooks opens the data folder, or finds the process that owns
// it; Books.Call of either has folder.Folder.Call find the principal and hand the
// call to tools.Gate.Call, which is one function from top to bottom. MCP clients come
// to the same Gate by way of serve.go, folder.Service and package mcp.
package main
