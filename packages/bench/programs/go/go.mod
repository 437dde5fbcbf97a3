module github.com/koru-delta/koru-delta/packages/bench/programs/go

go 1.24

require github.com/koru-delta/go-client v0.0.0

replace github.com/koru-delta/go-client => ../../../../bindings/go
