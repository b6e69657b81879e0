module drpreflight/bench

go 1.23
