// Command pprofraw reads what `go tool pprof -raw` prints from standard input and prints the groups
// in it.
package main

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"dev.groundhog/oracles/internal/groups"
)

var (
	sample   = regexp.MustCompile(`^ *(\d+): ([\d ]*)$`)
	location = regexp.MustCompile(`^ *(\d+): 0x[0-9a-f]+ M=\d+ (.+) (\S*):(\d+):\d+ s=\d+(?:\(.*\))?$`)
)

type counted struct {
	count     int64
	locations []string
}

func main() {
	var samples []counted
	frames := map[string]string{}
	section := ""
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case !strings.HasPrefix(line, " "):
			section = line
		case section == "Locations":
			parts := location.FindStringSubmatch(line)
			if parts == nil {
				fail("no location: %q", line)
			}
			number, _ := strconv.Atoi(parts[4])
			frames[parts[1]] = groups.Frame(parts[2], parts[3], number)
		case section == "goroutine/count[dflt]":
			// What is no sample is a line of labels.
			if parts := sample.FindStringSubmatch(line); parts != nil {
				count, _ := strconv.ParseInt(parts[1], 10, 64)
				samples = append(samples, counted{count, strings.Fields(parts[2])})
			}
		}
	}
	if err := lines.Err(); err != nil {
		fail("%v", err)
	}
	found := groups.Groups{}
	for _, s := range samples {
		var stack []string
		for _, id := range s.locations {
			frame, ok := frames[id]
			if !ok {
				fail("location %s is not told", id)
			}
			stack = append(stack, frame)
		}
		found.Add(s.count, stack)
	}
	if err := found.Print(os.Stdout); err != nil {
		fail("%v", err)
	}
}

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}
