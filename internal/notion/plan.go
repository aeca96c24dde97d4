package notion

// Batch is the content of one request: blocks that go to the end of one parent.
type Batch struct {
	// Parent is the path of the parent in the tree, by position among its
	// siblings at each level; empty is the page itself.
	Parent []int
	// First is the position of Nodes[0] among the children of Parent.
	First int
	// Nodes are the blocks with at most one level of children.
	Nodes []*Node
}

// Plan divides fitted nodes into batches that each fit one request: 100 blocks a
// level, 1,000 blocks and MaxPayloadBytes in all, MaxLevels levels. Sent in
// order, each to the end of its parent, they make the tree. It fails with
// ErrInvalid if there are more than MaxTotalBlocks.
func Plan(nodes []*Node) ([]Batch, error) {
	if countNodes(nodes) > MaxTotalBlocks {
		return nil, fail(ErrInvalid, "there are too many blocks")
	}
	p := planner{}
	p.add(nil, 0, nodes)
	return p.batches, nil
}

type planner struct{ batches []Batch }

// add plans the children of the node at path, starting with its first'th.
func (p *planner) add(path []int, first int, nodes []*Node) {
	type later struct {
		path  []int
		first int
		nodes []*Node
	}
	var rest []later
	b := Batch{Parent: path, First: first}
	count, size := 0, 0
	flush := func() {
		if len(b.Nodes) > 0 {
			p.batches = append(p.batches, b)
		}
		b = Batch{Parent: path, First: b.First + len(b.Nodes)}
		count, size = 0, 0
	}
	for i, n := range nodes {
		if len(b.Nodes) == MaxChildren || count+1 > MaxBlocks || size+n.ownBytes() > planBytes {
			flush()
		}
		part := *n
		part.Children = nil
		count++
		size += n.ownBytes()
		taken := 0
		for _, c := range n.Children {
			// A table needs its rows, which would be a third level.
			cost := c.ownBytes()
			if taken == MaxChildren || c.Kind == Table || count+1 > MaxBlocks || size+cost > planBytes {
				break
			}
			count++
			size += cost
			inlined := *c
			inlined.Children = nil
			part.Children = append(part.Children, &inlined)
			taken++
		}
		at := append(append([]int{}, path...), first+i)
		for j, c := range n.Children[:taken] {
			if len(c.Children) > 0 {
				rest = append(rest, later{append(append([]int{}, at...), j), 0, c.Children})
			}
		}
		if taken < len(n.Children) {
			rest = append(rest, later{at, taken, n.Children[taken:]})
		}
		b.Nodes = append(b.Nodes, &part)
		if n.Kind == Table && taken == 0 && len(n.Children) > 0 {
			// No room for even one row: close the batch before and start again.
			b.Nodes = b.Nodes[:len(b.Nodes)-1]
			rest = rest[:len(rest)-1]
			flush()
			p.tableAlone(path, first+i, n)
			b.First++
		}
	}
	flush()
	for _, l := range rest {
		p.add(l.path, l.first, l.nodes)
	}
}

// tableAlone sends a table with as many rows as fit, and the rest after it.
func (p *planner) tableAlone(path []int, at int, n *Node) {
	part := *n
	size := n.ownBytes()
	rows := 0
	for rows < len(n.Children) && rows < MaxChildren && size+n.Children[rows].ownBytes() <= planBytes {
		size += n.Children[rows].ownBytes()
		rows++
	}
	part.Children = n.Children[:rows]
	p.batches = append(p.batches, Batch{Parent: path, First: at, Nodes: []*Node{&part}})
	if rows < len(n.Children) {
		p.add(append(append([]int{}, path...), at), rows, n.Children[rows:])
	}
}

// blockOverhead is the JSON around one block.
const blockOverhead = 200

// ownBytes is how long a node is in a payload, without its children.
func (n *Node) ownBytes() int {
	size := blockOverhead
	for _, s := range n.Spans {
		size += s.bytes()
	}
	for _, c := range n.Cells {
		size += 2
		for _, s := range c {
			size += s.bytes()
		}
	}
	return size
}
