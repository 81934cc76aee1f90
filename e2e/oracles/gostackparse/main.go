// Command gostackparse reads Go's debug=2 text from standard input with DataDog's parser and prints
// its groups; with the argument `threads` what is told of each goroutine beside its stack: id, state,
// minutes, whether it is locked to a thread, who created it. Whatever the parser does not take is told, and the exit code is 1.
package main

import (
	"fmt"
	"os"

	"github.com/DataDog/gostackparse"

	"dev.groundhog/oracles/internal/groups"
)

func main() {
	goroutines, errors := gostackparse.Parse(os.Stdin)
	if len(os.Args) > 1 && os.Args[1] == "threads" {
		for _, g := range goroutines {
			creator := ""
			if g.CreatedBy != nil {
				creator = groups.Frame(g.CreatedBy.Func, g.CreatedBy.File, g.CreatedBy.Line)
			}
			fmt.Printf("%d\t%s\t%d\t%t\t%s\n", g.ID, g.State, int(g.Wait.Minutes()), g.LockedToThread, creator)
		}
		goroutines = nil
	}
	found := groups.Groups{}
	for _, goroutine := range goroutines {
		var frames []string
		for _, frame := range goroutine.Stack {
			frames = append(frames, groups.Frame(frame.Func, frame.File, frame.Line))
		}
		found.Add(1, frames)
	}
	for _, err := range errors {
		fmt.Fprintln(os.Stderr, err)
	}
	if err := found.Print(os.Stdout); err != nil || len(errors) > 0 {
		os.Exit(1)
	}
}
