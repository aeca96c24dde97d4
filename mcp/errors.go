package mcp

import (
	"net/http"

	"github.com/counterfoil/counterfoil/tools"
	mcpgo "github.com/mark3labs/mcp-go/mcp"
)

// rpcError is a refusal as the client sees it: every part is fixed text, so
// that nothing that came in can go out again through an error.
type rpcError struct {
	rpc    int        // JSON-RPC error code
	status int        // HTTP status
	code   tools.Code // what the Gate records
	reason string     // the fixed word that the Gate records
	text   string     // what to do next
}

// Error makes an rpcError usable where an error is wanted.
func (e *rpcError) Error() string { return e.message() }

func (e *rpcError) message() string { return string(e.code) + ": " + e.text }

// The refusals that concern the message.
var (
	errBadJSON = &rpcError{mcpgo.PARSE_ERROR, http.StatusBadRequest, tools.CodeInvalid, "bad_json",
		"the message is not one JSON object in UTF-8"}
	errTooDeep = &rpcError{mcpgo.PARSE_ERROR, http.StatusBadRequest, tools.CodeInvalid, "too_deep",
		"the message is nested too deeply"}
	errBatch = &rpcError{mcpgo.INVALID_REQUEST, http.StatusBadRequest, tools.CodeInvalid, "batch",
		"batches are not served; send one message at a time"}
	errBadEnvelope = &rpcError{mcpgo.INVALID_REQUEST, http.StatusBadRequest, tools.CodeInvalid, "bad_envelope",
		"the message is not a JSON-RPC 2.0 request, notification or response"}
	errBadParams = &rpcError{mcpgo.INVALID_PARAMS, http.StatusBadRequest, tools.CodeInvalid, "bad_params",
		"the params do not have the shape that the method asks for"}
	errTooLarge = &rpcError{mcpgo.INVALID_REQUEST, http.StatusRequestEntityTooLarge, tools.CodeLimit, "too_large",
		"the message is larger than the server accepts"}
	errReadBody = &rpcError{mcpgo.PARSE_ERROR, http.StatusBadRequest, tools.CodeInvalid, "bad_body",
		"the message did not arrive whole"}
	errMethod = &rpcError{mcpgo.METHOD_NOT_FOUND, http.StatusNotFound, tools.CodeNotFound, "unknown_method",
		"the method is not served here"}
	errUnknownTool = &rpcError{mcpgo.INVALID_PARAMS, http.StatusBadRequest, tools.CodeNotFound, "unknown_tool",
		"there is no such tool; call tools/list"}
	errDuplicateID = &rpcError{mcpgo.INVALID_REQUEST, http.StatusBadRequest, tools.CodeConflict, "duplicate_id",
		"a request with this id is still being answered"}
	errBusy = &rpcError{rpcLimit, http.StatusServiceUnavailable, tools.CodeLimit, "too_many_calls",
		"too many calls in flight; retry when one has been answered"}
	errDraining = &rpcError{rpcUnavailable, http.StatusServiceUnavailable, tools.CodeUnavailable, "stopping",
		"the server is stopping; retry later"}
	errOwnerGone = &rpcError{rpcUnavailable, http.StatusServiceUnavailable, tools.CodeUnavailable, "owner_gone",
		"the process that answered this call has ended and another takes over; call again"}
	errNoOwner = &rpcError{rpcUnavailable, http.StatusServiceUnavailable, tools.CodeUnavailable, "no_owner",
		"no process could take over the data folder, the server's log says why; retry later"}
	errCancelled = &rpcError{rpcTimeout, http.StatusOK, tools.CodeTimeout, "cancelled",
		"the call was cancelled"}
	errInternal = &rpcError{mcpgo.INTERNAL_ERROR, http.StatusInternalServerError, tools.CodeInternal, "internal",
		"the server failed; its log has the details"}
)

// The refusals that concern the transport.
var (
	errBadHost = &rpcError{mcpgo.INVALID_REQUEST, http.StatusForbidden, tools.CodeDenied, "bad_host",
		"the Host header is not one that this server is configured for"}
	errBadOrigin = &rpcError{mcpgo.INVALID_REQUEST, http.StatusForbidden, tools.CodeDenied, "bad_origin",
		"the Origin is not one that this server is configured for"}
	errNoToken = &rpcError{rpcUnauthenticated, http.StatusUnauthorized, tools.CodeUnauthenticated, "no_token",
		"send Authorization: Bearer with a token from `counterfoil token add`"}
	errBadToken = &rpcError{rpcUnauthenticated, http.StatusUnauthorized, tools.CodeUnauthenticated, "bad_token",
		"the bearer token is not valid"}
	errBadPeer = &rpcError{rpcUnauthenticated, http.StatusUnauthorized, tools.CodeUnauthenticated, "bad_peer",
		"the socket serves only the user that owns it"}
	errBadTicket = &rpcError{rpcUnauthenticated, http.StatusUnauthorized, tools.CodeUnauthenticated, "bad_ticket",
		"the ticket of the relay is not from this process"}
	errHTTPMethod = &rpcError{mcpgo.INVALID_REQUEST, http.StatusMethodNotAllowed, tools.CodeInvalid, "bad_method",
		"use POST, GET or DELETE"}
	errModernVerb = &rpcError{mcpgo.INVALID_REQUEST, http.StatusMethodNotAllowed, tools.CodeInvalid, "bad_method",
		"this protocol revision uses POST only"}
	errMediaType = &rpcError{mcpgo.INVALID_REQUEST, http.StatusUnsupportedMediaType, tools.CodeInvalid, "bad_media_type",
		"send Content-Type: application/json without a Content-Encoding"}
	errAccept = &rpcError{mcpgo.INVALID_REQUEST, http.StatusNotAcceptable, tools.CodeInvalid, "bad_accept",
		"accept application/json and text/event-stream"}
	errHeaders = &rpcError{mcpgo.INVALID_REQUEST, http.StatusBadRequest, tools.CodeInvalid, "bad_headers",
		"a header that must come once came twice or is malformed"}
	errNoSession = &rpcError{mcpgo.INVALID_REQUEST, http.StatusBadRequest, tools.CodeInvalid, "no_session",
		"send the Mcp-Session-Id that initialize answered with"}
	errBadSession = &rpcError{mcpgo.INVALID_REQUEST, http.StatusNotFound, tools.CodeNotFound, "bad_session",
		"the session does not exist or has ended; initialize again"}
	errStreamOpen = &rpcError{mcpgo.INVALID_REQUEST, http.StatusConflict, tools.CodeConflict, "stream_open",
		"the session already has an open stream"}
	errTooManyStreams = &rpcError{rpcLimit, http.StatusServiceUnavailable, tools.CodeLimit, "too_many_streams",
		"too many open streams"}
	errTooManySessions = &rpcError{rpcLimit, http.StatusServiceUnavailable, tools.CodeLimit, "too_many_sessions",
		"too many open sessions; end one or retry later"}
	errHeaderMismatch = &rpcError{mcpgo.HEADER_MISMATCH, http.StatusBadRequest, tools.CodeInvalid, "header_mismatch",
		"the Mcp-* headers must be present and agree with the message"}
	errNoVersion = &rpcError{mcpgo.INVALID_PARAMS, http.StatusBadRequest, tools.CodeInvalid, "no_version",
		"_meta must carry " + metaVersion + " and " + metaCapabilities}
	errBadVersion = &rpcError{mcpgo.INVALID_REQUEST, http.StatusBadRequest, tools.CodeInvalid, "bad_version",
		"the protocol revision is not served here"}
	errUnsupported = &rpcError{mcpgo.UNSUPPORTED_PROTOCOL_VERSION, http.StatusBadRequest, tools.CodeInvalid, "bad_version",
		"the protocol revision is not served here"}
)

// JSON-RPC codes of our own, from the range that JSON-RPC 2.0 leaves to
// servers, clear of those that MCP has taken.
const (
	rpcDenied          = -32010
	rpcLimit           = -32011
	rpcTimeout         = -32012
	rpcUnavailable     = -32013
	rpcConflict        = -32014
	rpcUnauthenticated = -32015
)

// rpcCode maps an error of the Gate to a JSON-RPC code, where the method has
// no way to answer with an error inside its result.
func rpcCode(c tools.Code) int {
	switch c {
	case tools.CodeInvalid, tools.CodeNotFound:
		return mcpgo.INVALID_PARAMS
	case tools.CodeDenied:
		return rpcDenied
	case tools.CodeLimit:
		return rpcLimit
	case tools.CodeTimeout:
		return rpcTimeout
	case tools.CodeUnavailable:
		return rpcUnavailable
	case tools.CodeConflict:
		return rpcConflict
	case tools.CodeUnauthenticated:
		return rpcUnauthenticated
	}
	return mcpgo.INTERNAL_ERROR
}
