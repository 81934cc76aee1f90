package stack

import (
	"io"
	"sort"
)

// Parse gives what goleak's parser finds in r.
func Parse(r io.Reader) ([]Stack, error) {
	return newStackParser(r).Parse()
}

// Functions are the distinct functions that s has, sorted; goleak keeps no order but the first.
func (s Stack) Functions() []string {
	var names []string
	for name := range s.allFunctions {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
