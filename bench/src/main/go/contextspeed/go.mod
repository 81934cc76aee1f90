module groundhog.dev/bench/contextspeed

go 1.26
