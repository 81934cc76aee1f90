// Contextspeed prints how many nanoseconds making and cancelling a context takes, alone and among
// the siblings whose number is its argument, each time that it reads a line.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"time"
)

const times = 1_000_000

// Keeps what is made, so that the compiler cannot leave it out.
var last context.Context

func measure(parent context.Context) float64 {
	start := time.Now()
	for range times {
		child, cancel := context.WithCancel(parent)
		last = child
		cancel()
	}
	return float64(time.Since(start).Nanoseconds()) / times
}

func main() {
	siblings, err := strconv.Atoi(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	alone := context.Background()
	parent, cancelAll := context.WithCancel(context.Background())
	defer cancelAll()
	for range siblings {
		_, cancel := context.WithCancel(parent)
		defer cancel()
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Println(measure(alone), measure(parent))
	}
}
