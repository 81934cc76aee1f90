// The smallest net/http server that answers /, and whose handler of /leak waits for what nobody will ever send.
package main

import (
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
)

var never = make(chan string)

func leak() string { return <-never }

func answer(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/leak" {
		fmt.Fprintln(w, leak())
		return
	}
	fmt.Fprintln(w, "ok")
}

func main() {
	http.HandleFunc("/", answer)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() { panic(http.Serve(l, nil)) }()
	fmt.Printf("listening on http://%s\n", l.Addr())
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	<-interrupted
}
