package folder

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/internal/seal"
)

// TestNotionTokenOfOthers: what was sealed with other keys is no token, and the
// message doesn't quote it; one in the environment is taken as it is.
func TestNotionTokenOfOthers(t *testing.T) {
	folderOf := func(dir string) *Folder {
		if err := seal.Create(dir); err != nil {
			t.Fatal(err)
		}
		keys, err := seal.OpenKeyring(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		return &Folder{Home: &home.Home{UI: console.UI{Err: io.Discard}, DataDir: dir}, Config: &config.Config{Notion: config.Notion{TokenFile: "keys/notion.token"}}, Keys: keys}
	}
	mine := folderOf(t.TempDir())
	if err := os.WriteFile(mine.Home.Data("keys", "notion.token"), []byte("ntn_x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := mine.sealToken(); err != nil {
		t.Fatal(err)
	}
	if got, err := mine.notionToken(t.Context()); err != nil || got != "ntn_x" {
		t.Errorf("with its own keys: %q, %v", got, err)
	}
	other := folderOf(t.TempDir())
	other.Home = mine.Home
	if _, err := other.notionToken(t.Context()); err == nil || !strings.Contains(err.Error(), "other keys") {
		t.Errorf("with other keys: %v", err)
	}
	env := &Folder{Home: &home.Home{Env: map[string]string{"NOTION": " ntn_x "}}, Config: &config.Config{Notion: config.Notion{Token: "env:NOTION"}}}
	if got, err := env.notionToken(t.Context()); err != nil || got != "ntn_x" {
		t.Errorf("from the environment: %q, %v", got, err)
	}
}
