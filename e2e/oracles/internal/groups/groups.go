// Package groups counts equal stacks and prints them in one order, so that what two parsers found
// can be compared with cmp.
package groups

import (
	"bufio"
	"fmt"
	"io"
	"sort"
	"strings"
)

// Groups maps a stack, its frames divided by tabs, to the number of its threads.
type Groups map[string]int64

// Add counts threads at one stack, innermost frame first.
func (g Groups) Add(count int64, frames []string) {
	g[strings.Join(frames, "\t")] += count
}

// Frame is one frame as it is printed: "function file:line", an unknown file left out, blanks in
// the function's name as underscores.
func Frame(function, file string, line int) string {
	if file == "?" {
		file = ""
	}
	return fmt.Sprintf("%s %s:%d", strings.ReplaceAll(function, " ", "_"), file, line)
}

// Print writes "count<TAB>frame<TAB>frame..." lines, sorted by stack; the count alone for none.
func (g Groups) Print(out io.Writer) error {
	stacks := make([]string, 0, len(g))
	for stack := range g {
		stacks = append(stacks, stack)
	}
	sort.Strings(stacks)
	buffered := bufio.NewWriter(out)
	for _, stack := range stacks {
		fmt.Fprintln(buffered, strings.TrimSuffix(fmt.Sprintf("%d\t%s", g[stack], stack), "\t"))
	}
	return buffered.Flush()
}
