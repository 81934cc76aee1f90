// Command groups reads Go's debug=2 text from standard input with goleak's parser and prints its
// groups: count, the first function, then all functions once, sorted. goleak keeps no more of a stack.
// With the argument `threads` it prints id and state of each.
package main

import (
	"fmt"
	"os"
	"sort"
	"strings"

	"go.uber.org/goleak/internal/stack"
)

func main() {
	stacks, err := stack.Parse(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if len(os.Args) > 1 && os.Args[1] == "threads" {
		for _, s := range stacks {
			state, _, _ := strings.Cut(s.State(), ",")
			fmt.Printf("%d\t%s\n", s.ID(), state)
		}
		return
	}
	counts := map[string]int{}
	for _, s := range stacks {
		counts[s.FirstFunction()+"\t"+strings.Join(s.Functions(), "\t")]++
	}
	var lines []string
	for functions, count := range counts {
		lines = append(lines, fmt.Sprintf("%d\t%s", count, functions))
	}
	sort.Strings(lines)
	fmt.Println(strings.Join(lines, "\n"))
}
