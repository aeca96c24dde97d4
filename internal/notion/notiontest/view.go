package notiontest

import "net/http"

func (s *Server) serveView(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }
