module github.com/counterfoil/counterfoil/deploy/probe

go 1.26.0
