// A program with goroutines that wait, one in ten of them on a channel that nobody else holds. It
// takes the lines of the benchmark, and answers "proof N" with the ns that the profile goroutineleak
// takes and how many it has found.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"time"
)

const leakedOneOf = 10

var held []chan string

func wait(begun *sync.WaitGroup, lines chan string) {
	begun.Done()
	<-lines
}

func plant(count int, queue func(leaked bool) chan string) int {
	var begun sync.WaitGroup
	begun.Add(count)
	for i := 0; i < count; i++ {
		go wait(&begun, queue(i%leakedOneOf == 0))
	}
	begun.Wait()
	time.Sleep(time.Second) // the last of them may be about to wait
	return (count + leakedOneOf - 1) / leakedOneOf
}

func shared(count int) int {
	dropped := make(chan string)
	held = append(held, make(chan string))
	return plant(count, func(leaked bool) chan string {
		if leaked {
			return dropped
		}
		return held[0]
	})
}

func own(count int) int {
	return plant(count, func(leaked bool) chan string {
		lines := make(chan string)
		if !leaked {
			held = append(held, lines)
		}
		return lines
	})
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		var word string
		var count int
		fmt.Sscan(input.Text(), &word, &count)
		began := time.Now()
		switch word {
		case "one":
			fmt.Println(shared(count))
		case "own":
			fmt.Println(own(count))
		case "gc":
			runtime.GC()
			fmt.Println(time.Since(began).Nanoseconds())
		case "proof":
			profile := pprof.Lookup("goroutineleak")
			if err := profile.WriteTo(io.Discard, 0); err != nil {
				panic(err)
			}
			fmt.Println(time.Since(began).Nanoseconds(), profile.Count())
		}
	}
}
