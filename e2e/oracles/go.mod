module dev.groundhog/oracles

go 1.21

require (
	github.com/DataDog/gostackparse v0.7.0
	go.uber.org/goleak v1.3.0
)
