#!/usr/bin/env bash
# A real cluster of Apache Flink on loopback: one job manager and two task managers, each a process
# of its own, fetch 20,000 URLs from demo hosts in another process. In the middle one task manager is
# killed with SIGKILL and replaced. Every URL must be in the result exactly once.
#
#   client-examples/cluster/kill-a-worker.sh [URLS]
#
# Needs 1 GB of memory and two minutes. What each process logs is in target/cluster-run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

urls=${1:-20000}
conf=client-examples/cluster/conf
run=$PWD/target/cluster-run
rows=$run/rows.jsonl
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
silent=-Dslf4j.provider=org.slf4j.nop.NOPServiceProvider
logging=-Dslf4j.provider=org.slf4j.simple.SimpleServiceProvider

stop_all() {
  local file
  for file in "$run"/*.pid; do
    if [ -e "$file" ]; then
      # Each is a child of this script, and has nothing to save.
      kill -9 "$(<"$file")" 2>/dev/null || true
    fi
  done
  wait 2>/dev/null || true
  rm -rf "$run/tmp" "$run"/*.pid
}
trap stop_all EXIT
trap 'exit 130' INT TERM

# start NAME JAVA_ARGUMENT...: a JVM in the background; $! is its process id.
start() {
  local name=$1
  shift
  "$java" -Djava.io.tmpdir="$run/tmp" -Dslf4j.internal.verbosity=WARN -classpath "$classpath" "$@" \
    </dev/null >"$run/$name.log" 2>&1 &
  echo $! >"$run/$name.pid"
}

start_worker() {
  start "$1" "$logging" -Xmx160m -XX:MaxMetaspaceSize=96m \
    org.apache.flink.runtime.taskexecutor.TaskManagerRunner \
    --configDir "$conf" -D "taskmanager.resource-id=$1" -D "io.tmp.dirs=$run/tmp"
}

# await NAME PATTERN COUNT: until its log has that many such lines.
await() {
  local deadline=$((SECONDS + 120))
  until [ "$(grep -c -- "$2" "$run/$1.log")" -ge "$3" ]; do
    if [ "$SECONDS" -ge "$deadline" ] || ! kill -0 "$(<"$run/$1.pid")" 2>/dev/null; then
      echo "No line with '$2' in $run/$1.log, but:" >&2
      tail -n 20 "$run/$1.log" | cut -c 1-300 >&2
      exit 1
    fi
    sleep 0.2
  done
}

mvn -q -B -Pcluster package -Dexec.skip </dev/null
classpath=client-examples/target/cluster/classes:$(<client-examples/target/cluster/classpath)
rm -rf "$run"
mkdir -p "$run/tmp"

SECONDS=0
start hosts "$silent" -Xmx128m dev.fetchwell.examples.cluster.DemoHosts
start job-manager "$logging" -Xmx192m \
  org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint \
  --configDir "$conf" -D "io.tmp.dirs=$run/tmp"
start_worker worker-1
start_worker worker-2
await hosts '^host ' 12
await job-manager 'Registering TaskManager with ResourceID' 2
echo "Up after $SECONDS s: a job manager and two workers, each a process of its own."

hosts=$(sed -n 's/^host /--demo-host=/p' "$run/hosts.log")
# Without quotes: each host is an argument. The time is for a machine that starts six JVMs at once.
start job "$silent" -Xmx256m dev.fetchwell.examples.cluster.Cluster --job-manager 127.0.0.1:18081 \
  --timeout 24 --demo-size "$urls" --out "$rows" $hosts
await hosts '^requests ' $((urls / 2000))
victim=$(<"$run/worker-2.pid")
rm "$run/worker-2.pid"
kill -9 "$victim"
wait "$victim" 2>/dev/null || true # Else the shell prints the whole command that was killed.
served=$(sed -n 's/^requests //p' "$run/hosts.log" | tail -n 1)
echo "Killed worker-2 with SIGKILL when the hosts had seen $served requests."
start_worker worker-3

ended=0
wait "$(<"$run/job.pid")" || ended=$?
rm "$run/job.pid"
cat "$run/job.log"

# Once more, by other means than the program's own.
all=$(wc -l <"$rows")
distinct=$(grep -o '"url":"[^"]*"' "$rows" | sort -u | wc -l)
restarts=$(grep -c 'Job fetch .* from state RESTARTING to RUNNING' "$run/job-manager.log" || true)
by_third=$(grep -c "\"client\":\"$(<"$run/worker-3.pid")#" "$rows" || true)
echo "$((all)) lines, $((distinct)) different URLs; $restarts restart(s), $by_third rows by worker-3."
if [ "$ended" -ne 0 ] || [ "$all" -ne "$urls" ] || [ "$distinct" -ne "$urls" ] || [ "$restarts" -eq 0 ]; then
  echo "That is NOT each URL exactly once although a worker died." >&2
  exit 1
fi
