// Command gostackparse reads Go's debug=2 text from standard input with DataDog's parser and prints
// its groups. Whatever the parser does not take is told, and the exit code is 1.
package main

import (
	"fmt"
	"os"

	"github.com/DataDog/gostackparse"

	"dev.groundhog/oracles/internal/groups"
)

func main() {
	goroutines, errors := gostackparse.Parse(os.Stdin)
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
