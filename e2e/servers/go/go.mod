module servers

go 1.21
