//go:build conformance

package mcp

import (
	"context"
	"fmt"
	"strings"
	"time"

	mcpgo "github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// This file adds the tools, prompts and resources that the protocol's
// conformance suites ask for by name. They go round the Gate, so no release is
// built with the tag; what the suites test with them is the edge and the
// library behind it.

const (
	fixtureImage = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
	fixtureAudio = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA="
)

func fixtureOptions() []mcpserver.ServerOption {
	return []mcpserver.ServerOption{
		mcpserver.WithToolCapabilities(true),
		mcpserver.WithPromptCapabilities(true),
		mcpserver.WithResourceCapabilities(true, true),
		mcpserver.WithLogging(),
		mcpserver.WithElicitation(),
	}
}

func addFixtures(core *mcpserver.MCPServer) func(*message) (bool, *rpcError) {
	core.EnableSampling()
	names := make(map[string]bool)
	add := func(tool mcpgo.Tool, run mcpserver.ToolHandlerFunc) {
		names[tool.Name] = true
		tool.Description = "A fixture"
		core.AddTool(tool, run)
	}
	addContentFixtures(add)
	addAskingFixtures(core, add)
	addNotifyingFixtures(core, add)
	addInputFixtures(add)
	addStatelessFixtures(core, add)
	addPromptFixtures(core, names)
	addInputPrompt(core, names)
	addResourceFixtures(core)
	return func(m *message) (bool, *rpcError) {
		name, _ := unquote(m.name)
		uri, _ := unquote(m.uri)
		switch m.method {
		case methodCall:
			if name == "test_missing_capability" && !strings.Contains(string(m.raw), `"sampling"`) {
				return true, errCapability
			}
			return names[name], nil
		case methodPrompt:
			return names[name], nil
		case methodResource:
			return strings.HasPrefix(uri, "test://"), nil
		case methodComplete:
			return strings.Contains(string(m.ref), "test_") || strings.Contains(string(m.ref), "test://"), nil
		}
		return m.method == methodListen || m.method == methodSetLevel, nil
	}
}

type addFixture func(mcpgo.Tool, mcpserver.ToolHandlerFunc)

// addContentFixtures adds the tools that answer with one fixed content each.
func addContentFixtures(add addFixture) {
	embedded := func(uri, media, text string) mcpgo.Content {
		return mcpgo.NewEmbeddedResource(mcpgo.TextResourceContents{URI: uri, MIMEType: media, Text: text})
	}
	image := mcpgo.NewImageContent(fixtureImage, "image/png")
	for name, content := range map[string][]mcpgo.Content{
		"test_simple_text":       {mcpgo.NewTextContent("This is a simple text response for testing.")},
		"test_image_content":     {image},
		"test_audio_content":     {mcpgo.NewAudioContent(fixtureAudio, "audio/wav")},
		"test_embedded_resource": {embedded("test://embedded-resource", "text/plain", "This is an embedded resource content.")},
		"test_multiple_content_types": {mcpgo.NewTextContent("Multiple content types test:"), image,
			embedded("test://mixed-content-resource", "application/json", `{"test":"data","value":123}`)},
	} {
		add(mcpgo.NewTool(name), func(context.Context, mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
			return &mcpgo.CallToolResult{Content: content}, nil
		})
	}
	add(mcpgo.NewTool("test_error_handling"), func(context.Context, mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
		return mcpgo.NewToolResultError("This tool intentionally returns an error for testing"), nil
	})
	add(mcpgo.NewToolWithRawSchema("json_schema_2020_12_tool", "", []byte(`{"$schema":"https://json-schema.org/draft/2020-12/schema",
		"type":"object","$defs":{"address":{"$anchor":"addressDef","type":"object","properties":{"street":{"type":"string"},"city":{"type":"string"}}}},
		"properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"},"contactMethod":{"type":"string","enum":["phone","email"]},
		"phone":{"type":"string"},"email":{"type":"string"}},
		"allOf":[{"anyOf":[{"required":["phone"]},{"required":["email"]}]}],
		"if":{"properties":{"contactMethod":{"const":"phone"}},"required":["contactMethod"]},"then":{"required":["phone"]},"else":{"required":["email"]},
		"additionalProperties":false}`)),
		func(context.Context, mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
			return mcpgo.NewToolResultText("ok"), nil
		})
}

// addAskingFixtures adds the tools that ask the client something.
func addAskingFixtures(core *mcpserver.MCPServer, add addFixture) {
	add(mcpgo.NewTool("test_sampling", mcpgo.WithString("prompt", mcpgo.Required())),
		func(ctx context.Context, r mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
			text := mcpgo.NewTextContent(r.GetString("prompt", ""))
			//lint:ignore SA1019 the suites of the revisions before 2026-07-28 ask for it
			answer, err := core.RequestSampling(ctx, mcpgo.CreateMessageRequest{
				Request: mcpgo.Request{Method: string(mcpgo.MethodSamplingCreateMessage)},
				CreateMessageParams: mcpgo.CreateMessageParams{MaxTokens: 100,
					Messages: []mcpgo.SamplingMessage{{Role: mcpgo.RoleUser, Content: text}}},
			})
			if err != nil {
				return nil, err
			}
			content, _ := answer.Content.(mcpgo.TextContent)
			return mcpgo.NewToolResultText("LLM response: " + content.Text), nil
		})
	ask := func(name, text string, properties map[string]any, required ...string) {
		schema := map[string]any{"type": "object", "properties": properties}
		if len(required) > 0 {
			schema["required"] = required
		}
		add(mcpgo.NewTool(name, mcpgo.WithString("message")), func(ctx context.Context, r mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
			answer, err := core.RequestElicitation(ctx, mcpgo.ElicitationRequest{
				Request: mcpgo.Request{Method: string(mcpgo.MethodElicitationCreate)},
				Params:  mcpgo.ElicitationParams{Message: r.GetString("message", text), RequestedSchema: schema},
			})
			if err != nil {
				return nil, err
			}
			return mcpgo.NewToolResultText(fmt.Sprintf("User response: action=%s, content=%v", answer.Action, answer.Content)), nil
		})
	}
	ask("test_elicitation", "Who are you?", map[string]any{
		"username": map[string]any{"type": "string"}, "email": map[string]any{"type": "string"}}, "username", "email")
	ask("test_elicitation_sep1034_defaults", "Defaults", map[string]any{
		"name": map[string]any{"type": "string", "default": "John Doe"}, "age": map[string]any{"type": "integer", "default": 30},
		"score":    map[string]any{"type": "number", "default": 95.5},
		"status":   map[string]any{"type": "string", "enum": []string{"active", "inactive", "pending"}, "default": "active"},
		"verified": map[string]any{"type": "boolean", "default": true}})
	titled := func(n int) (list []any) {
		for i := range n {
			list = append(list, map[string]any{"const": fmt.Sprintf("value%d", i+1), "title": fmt.Sprintf("Option %d", i+1)})
		}
		return list
	}
	options := []string{"option1", "option2", "option3"}
	ask("test_elicitation_sep1330_enums", "Choose", map[string]any{
		"untitledSingle": map[string]any{"type": "string", "enum": options},
		"titledSingle":   map[string]any{"type": "string", "oneOf": titled(3)},
		"legacyEnum":     map[string]any{"type": "string", "enum": options, "enumNames": []string{"One", "Two", "Three"}},
		"untitledMulti":  map[string]any{"type": "array", "items": map[string]any{"type": "string", "enum": options}},
		"titledMulti":    map[string]any{"type": "array", "items": map[string]any{"anyOf": titled(3)}}})
}

// addNotifyingFixtures adds the tools that notify before they answer.
func addNotifyingFixtures(core *mcpserver.MCPServer, add addFixture) {
	const pause = 50 * time.Millisecond
	add(mcpgo.NewTool("test_tool_with_logging"), func(ctx context.Context, _ mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
		for _, text := range []string{"Tool execution started", "Tool processing data", "Tool execution completed"} {
			err := core.SendNotificationToClient(ctx, string(mcpgo.MethodNotificationMessage), map[string]any{"level": "info", "data": text})
			if err != nil {
				return nil, err
			}
			time.Sleep(pause)
		}
		return mcpgo.NewToolResultText("done"), nil
	})
	add(mcpgo.NewTool("test_tool_with_progress"), func(ctx context.Context, r mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
		for _, done := range []int{0, 50, 100} {
			if r.Params.Meta == nil || r.Params.Meta.ProgressToken == nil {
				break
			}
			err := core.SendNotificationToClient(ctx, string(mcpgo.MethodNotificationProgress),
				map[string]any{"progressToken": r.Params.Meta.ProgressToken, "progress": done, "total": 100})
			if err != nil {
				return nil, err
			}
			time.Sleep(pause)
		}
		return mcpgo.NewToolResultText("done"), nil
	})
}

func addPromptFixtures(core *mcpserver.MCPServer, names map[string]bool) {
	add := func(p mcpgo.Prompt, run func(args map[string]string) []mcpgo.Content) {
		names[p.Name] = true
		p.Description = "A fixture"
		core.AddPrompt(p, func(_ context.Context, r mcpgo.GetPromptRequest) (*mcpgo.GetPromptResult, error) {
			var out mcpgo.GetPromptResult
			for _, c := range run(r.Params.Arguments) {
				out.Messages = append(out.Messages, mcpgo.PromptMessage{Role: mcpgo.RoleUser, Content: c})
			}
			return &out, nil
		})
	}
	add(mcpgo.NewPrompt("test_simple_prompt"), func(map[string]string) []mcpgo.Content {
		return []mcpgo.Content{mcpgo.NewTextContent("This is a simple prompt for testing.")}
	})
	add(mcpgo.NewPrompt("test_prompt_with_arguments", mcpgo.WithArgument("arg1", mcpgo.RequiredArgument()), mcpgo.WithArgument("arg2", mcpgo.RequiredArgument())),
		func(args map[string]string) []mcpgo.Content {
			return []mcpgo.Content{mcpgo.NewTextContent(fmt.Sprintf("Prompt with arguments: arg1='%s', arg2='%s'", args["arg1"], args["arg2"]))}
		})
	add(mcpgo.NewPrompt("test_prompt_with_embedded_resource", mcpgo.WithArgument("resourceUri", mcpgo.RequiredArgument())),
		func(args map[string]string) []mcpgo.Content {
			return []mcpgo.Content{
				mcpgo.NewEmbeddedResource(mcpgo.TextResourceContents{URI: args["resourceUri"], MIMEType: "text/plain", Text: "Embedded resource content for testing."}),
				mcpgo.NewTextContent("Please process the embedded resource above."),
			}
		})
	add(mcpgo.NewPrompt("test_prompt_with_image"), func(map[string]string) []mcpgo.Content {
		return []mcpgo.Content{mcpgo.NewImageContent(fixtureImage, "image/png"), mcpgo.NewTextContent("Please analyze the image above.")}
	})
}

func addResourceFixtures(core *mcpserver.MCPServer) {
	core.AddResource(mcpgo.NewResource("test://static-text", "static-text", mcpgo.WithMIMEType("text/plain")),
		func(context.Context, mcpgo.ReadResourceRequest) ([]mcpgo.ResourceContents, error) {
			return []mcpgo.ResourceContents{mcpgo.TextResourceContents{URI: "test://static-text", MIMEType: "text/plain",
				Text: "This is the content of the static text resource."}}, nil
		})
	core.AddResource(mcpgo.NewResource("test://static-binary", "static-binary", mcpgo.WithMIMEType("image/png")),
		func(context.Context, mcpgo.ReadResourceRequest) ([]mcpgo.ResourceContents, error) {
			return []mcpgo.ResourceContents{mcpgo.BlobResourceContents{URI: "test://static-binary", MIMEType: "image/png", Blob: fixtureImage}}, nil
		})
	core.AddResource(mcpgo.NewResource("test://watched-resource", "watched", mcpgo.WithMIMEType("text/plain")),
		func(context.Context, mcpgo.ReadResourceRequest) ([]mcpgo.ResourceContents, error) {
			return []mcpgo.ResourceContents{mcpgo.TextResourceContents{URI: "test://watched-resource", MIMEType: "text/plain", Text: "Watched."}}, nil
		})
	core.AddResourceTemplate(mcpgo.NewResourceTemplate("test://template/{id}/data", "template", mcpgo.WithTemplateMIMEType("application/json")),
		func(_ context.Context, r mcpgo.ReadResourceRequest) ([]mcpgo.ResourceContents, error) {
			id := strings.TrimSuffix(strings.TrimPrefix(r.Params.URI, "test://template/"), "/data")
			return []mcpgo.ResourceContents{mcpgo.TextResourceContents{URI: r.Params.URI, MIMEType: "application/json",
				Text: fmt.Sprintf(`{"id":%q,"templateTest":true,"data":%q}`, id, "Data for ID: "+id)}}, nil
		})
}
