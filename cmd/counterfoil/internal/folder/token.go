package folder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/internal/durable"
	"github.com/counterfoil/counterfoil/internal/seal"
)

const (
	// maxTokenFile bounds the file of a token in bytes; sealed it is some 200.
	maxTokenFile = 4096
	// sealedPrefix begins a token file whose content is sealed.
	sealedPrefix = "counterfoil sealed v1\n"
)

var tokenContext = []byte("config/notion.token_file")

// errNoToken says what is missing without saying what is there.
func errNoToken(hint string) error {
	return exit.Fail(exit.NoKey, hint, "there is no usable token for Notion")
}

// notionToken reads the integration's secret: each time anew, so that a token
// can be renewed while the server runs, and it is kept nowhere.
func (f *Folder) notionToken(context.Context) (string, error) {
	n := &f.Config.Notion
	if name, ok := strings.CutPrefix(n.Token, "env:"); ok {
		if token := strings.TrimSpace(f.Home.Env[name]); token != "" {
			return token, nil
		}
		return "", errNoToken("set the variable that notion.token names")
	}
	text, err := bounded.ReadFile(f.Home.Below(n.TokenFile, ""), maxTokenFile)
	if errors.Is(err, fs.ErrNotExist) {
		return "", errNoToken("put the integration's secret into the file that notion.token_file names")
	}
	if err != nil {
		return "", exit.Fail(exit.NoKey, "check who owns the file that notion.token_file names", "the token for Notion can't be read")
	}
	sealed, ok := bytes.CutPrefix(text, []byte(sealedPrefix))
	if !ok {
		return strings.TrimSpace(string(text)), nil
	}
	token, err := f.Keys.Open(seal.PurposeColumn, "", tokenContext, sealed)
	if err != nil {
		return "", exit.Fail(exit.NoKey, "write the integration's secret into the file again", "the token for Notion was sealed with other keys: %w", err)
	}
	return string(token), nil
}

// sealToken seals a token file that is still in the clear. The old content is
// overwritten as far as the file system lets us.
func (f *Folder) sealToken() error {
	if f.Config.Notion.TokenFile == "" {
		return nil
	}
	f.sealing.RLock()
	defer f.sealing.RUnlock()
	path := f.Home.Below(f.Config.Notion.TokenFile, "")
	text, err := bounded.ReadFile(path, maxTokenFile)
	if err != nil || bytes.HasPrefix(text, []byte(sealedPrefix)) {
		return nil // a missing file is reported where the token is used
	}
	token := bytes.TrimSpace(text)
	if len(token) == 0 {
		return nil
	}
	sealed, err := f.Keys.Seal(seal.PurposeColumn, "", tokenContext, token)
	if err != nil {
		return fmt.Errorf("sealing the token: %w", err)
	}
	old, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		defer old.Close()
	}
	if err := durable.Replace(path, append([]byte(sealedPrefix), sealed...), durable.FileMode); err != nil {
		f.Home.UI.Warnf("the token file can't be sealed where it is, so it stays in the clear: keep it readable by this user alone")
		return nil
	}
	if old != nil {
		old.Write(make([]byte, len(text)))
		old.Sync()
	}
	f.Home.UI.Notef("sealed the token of Notion in its file")
	return nil
}
