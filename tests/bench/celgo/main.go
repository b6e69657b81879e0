// The benchmark's cases with cel-go, as a Go program would have them: compiled
// programs, native activations and hash maps for lookups. celgo ROWS …
package main

import (
	"fmt"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/ext"
)

const (
	wrong   = 500
	measure = 60 * time.Millisecond
)

var regions = [...]string{"eu-central-1", "eu-west-1", "us-east-1", "us-west-2"}

// A row as a map, which is what JSON gives, and as a struct, which is less
// usual and has no hash look-up per field.
type row = map[string]any

type Instance struct {
	ID               string
	StorageEncrypted bool
	Engine           string
	KmsKeyId         string
}

type Backup struct{ ID, DBInstanceArn string }

type Key struct{ ID, KeyState string }

func isWrong(i uint32) bool { return i%wrong == 7 }

func instanceID(i uint32) string {
	return fmt.Sprintf("arn:aws:rds:%s:111122223333:db:orders-%08d",
		regions[i%4], i)
}

func backupID(i uint32) string {
	return fmt.Sprintf("arn:aws:rds:%s:111122223333:auto-backup:ab-%08x%08x",
		regions[i%4], i*2654435761, i)
}

func keyID(i uint32) string {
	return fmt.Sprintf(
		"arn:aws:kms:%s:111122223333:key/%08x-1111-4222-8333-%012x",
		regions[i%4], i*2654435761, i)
}

func keyOf(i, n uint32) uint32 {
	return uint32((uint64(i)*7919 + 13) % uint64(n))
}

func instanceOf(i, n uint32) uint32 {
	return uint32((uint64(i)*6007 + 29) % uint64(n))
}

func keyState(i uint32) string {
	if isWrong(i) {
		return "Disabled"
	}
	return "Enabled"
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "celgo:", err)
		os.Exit(2)
	}
}

// A compiled program over the given variables.
func program(text string, options ...cel.EnvOption) cel.Program {
	env, err := cel.NewEnv(options...)
	check(err)
	ast, issues := env.Compile(text)
	check(issues.Err())
	p, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize))
	check(err)
	return p
}

func holds(p cel.Program, vars map[string]any) bool {
	v, _, err := p.Eval(vars)
	return err == nil && v.Value() == true
}

const (
	predicate = `subject.StorageEncrypted && subject.Engine == "postgres"` +
		` && has(subject.KmsKeyId)`
	hasKey  = `has(subject.KmsKeyId)`
	enabled = `key.KeyState == "Enabled"`
)

// The work of a case on all subjects: how many pass.
type work func() uint32

func mapCases(n uint32) []work {
	subject := cel.Variable("subject", cel.MapType(cel.StringType, cel.DynType))
	key := cel.Variable("key", cel.MapType(cel.StringType, cel.DynType))
	isGood, isKeyed := program(predicate, subject), program(hasKey, subject)
	isEnabled := program(enabled, key)
	instances, backups, keys := []row{}, []row{}, []row{}
	for i := range n {
		instances = append(instances, row{"id": instanceID(i),
			"StorageEncrypted": !isWrong(i), "Engine": "postgres",
			"KmsKeyId": keyID(keyOf(i, n))})
		backups = append(backups, row{"id": backupID(i),
			"DBInstanceArn": instanceID(instanceOf(i, n))})
		keys = append(keys, row{"id": keyID(i), "KeyState": keyState(i)})
	}
	index := func(rows []row) map[string]row {
		byID := make(map[string]row, len(rows))
		for _, r := range rows {
			byID[r["id"].(string)] = r
		}
		return byID
	}
	return []work{func() (pass uint32) {
		vars := map[string]any{}
		for _, r := range instances {
			vars["subject"] = r
			if holds(isGood, vars) {
				pass++
			}
		}
		return pass
	}, func() (pass uint32) {
		byID, vars := index(keys), map[string]any{}
		for _, r := range instances {
			vars["subject"] = r
			if !holds(isKeyed, vars) {
				continue
			}
			key, ok := byID[r["KmsKeyId"].(string)]
			vars["key"] = key
			if ok && holds(isEnabled, vars) {
				pass++
			}
		}
		return pass
	}, func() (pass uint32) {
		byID, instanceByID := index(keys), index(instances)
		vars := map[string]any{}
		for _, r := range backups {
			instance, ok := instanceByID[r["DBInstanceArn"].(string)]
			if !ok {
				continue
			}
			vars["subject"] = instance
			if !holds(isKeyed, vars) {
				continue
			}
			key, ok := byID[instance["KmsKeyId"].(string)]
			vars["key"] = key
			if ok && holds(isEnabled, vars) {
				pass++
			}
		}
		return pass
	}}
}

func structCases(n uint32) []work {
	types := ext.NativeTypes(reflect.TypeOf(&Instance{}),
		reflect.TypeOf(&Key{}))
	subject := cel.Variable("subject", cel.ObjectType("main.Instance"))
	key := cel.Variable("key", cel.ObjectType("main.Key"))
	isGood := program(predicate, types, subject)
	isKeyed := program(hasKey, types, subject)
	isEnabled := program(enabled, types, key)
	instances, backups, keys := []*Instance{}, []*Backup{}, []*Key{}
	for i := range n {
		instances = append(instances, &Instance{instanceID(i), !isWrong(i),
			"postgres", keyID(keyOf(i, n))})
		backups = append(backups,
			&Backup{backupID(i), instanceID(instanceOf(i, n))})
		keys = append(keys, &Key{keyID(i), keyState(i)})
	}
	keysByID := func() map[string]*Key {
		byID := make(map[string]*Key, len(keys))
		for _, r := range keys {
			byID[r.ID] = r
		}
		return byID
	}
	return []work{func() (pass uint32) {
		vars := map[string]any{}
		for _, r := range instances {
			vars["subject"] = r
			if holds(isGood, vars) {
				pass++
			}
		}
		return pass
	}, func() (pass uint32) {
		byID, vars := keysByID(), map[string]any{}
		for _, r := range instances {
			vars["subject"] = r
			if !holds(isKeyed, vars) {
				continue
			}
			key, ok := byID[r.KmsKeyId]
			vars["key"] = key
			if ok && holds(isEnabled, vars) {
				pass++
			}
		}
		return pass
	}, func() (pass uint32) {
		byID, vars := keysByID(), map[string]any{}
		instanceByID := make(map[string]*Instance, len(instances))
		for _, r := range instances {
			instanceByID[r.ID] = r
		}
		for _, r := range backups {
			instance, ok := instanceByID[r.DBInstanceArn]
			if !ok {
				continue
			}
			vars["subject"] = instance
			if !holds(isKeyed, vars) {
				continue
			}
			key, ok := byID[instance.KmsKeyId]
			vars["key"] = key
			if ok && holds(isEnabled, vars) {
				pass++
			}
		}
		return pass
	}}
}

// Processor time, the collector's included.
func used() time.Duration {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func timed(id, what string, n uint32, do work) {
	want := n
	for i := range n {
		if isWrong(i) {
			want--
		}
	}
	if got := do(); got != want {
		check(fmt.Errorf("%s, %s: %d pass instead of %d", id, what, got, want))
	}
	began, rounds, took := used(), 0, time.Duration(0)
	for rounds == 0 || took < measure {
		do()
		rounds++
		took = used() - began
	}
	fmt.Printf("%s %d %s %.2f\n", id, n, what,
		float64(took.Nanoseconds())/float64(rounds)/float64(n))
}

func main() {
	runtime.GOMAXPROCS(1)
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == "github.com/google/cel-go" {
				fmt.Println("version 0 cel-go", d.Version)
			}
		}
	}
	ids := []string{"bench-predicate", "bench-one-lookup", "bench-two-hops"}
	for _, text := range os.Args[1:] {
		n, err := strconv.ParseUint(text, 10, 32)
		check(err)
		for i, do := range mapCases(uint32(n)) {
			timed(ids[i], "celgo-map", uint32(n), do)
		}
		runtime.GC()
		for i, do := range structCases(uint32(n)) {
			timed(ids[i], "celgo-struct", uint32(n), do)
		}
		runtime.GC()
	}
}
