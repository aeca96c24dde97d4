package postgres

// background is work that goes on while its starter does something else. nil is
// work that is done.
type background struct {
	done     chan struct{}
	err      error
	panicked any
}

// inBackground begins work that its starter will wait for.
func inBackground(work func() error) *background {
	b := &background{done: make(chan struct{})}
	go func() {
		defer close(b.done)
		defer func() { b.panicked = recover() }()
		b.err = work()
	}()
	return b
}

// wait returns when the work is done, with its error. If it panicked, so does
// wait.
func (b *background) wait() error {
	if b == nil {
		return nil
	}
	<-b.done
	if b.panicked != nil {
		panic(b.panicked)
	}
	return b.err
}
