#!/usr/bin/env bash
# Builds everything and runs all tests.
#
#   tests/run.sh             all
#   tests/run.sh FILTER      those that `dotnet test --filter` picks, such as FullyQualifiedName~Failover
#
# CONFIGURATION=Release tests what is shipped. The default is Debug: there the assertions in the code are checked too.
# SENTINEL_EXECUTABLE=FILE has every test that starts a sentinel start that one: what was published, and how, is tested so.
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only if something passed and nothing failed.
set -euo pipefail
export LC_ALL=C DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

readonly BUILD_BOUND=20m        # on a slow machine that restores everything first
readonly PROJECT_BOUND=14m      # the longest takes ten on two cores
readonly TEST_BOUND=4m          # shorter, so that the test that hangs is named before its project is ended

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
configuration=${CONFIGURATION:-Debug}
filter=("$@")
passed=0 failed=0 skipped=0
failures=()
groups=()                       # process groups of what runs now
succeeded=false
results=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-tests.XXXXXX")

finish() {
  trap '' INT TERM HUP
  end_groups
  if $succeeded; then
    rm -rf -- "$results"
  else
    echo "Results and logs are kept in $results"
  fi
  echo "$passed passed, $failed failed, $skipped skipped"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

stop() {
  printf '%s\n' "$@"
  exit 1
}

# Starts a command in a process group of its own, which timeout makes, for a bounded time.
start() {    # TIME COMMAND...
  timeout --kill-after=20s "$@" </dev/null &
  groups+=("$!")
}

# Waits for the command of a group. The group is ended afterwards: a test that was killed may have left its servers behind.
finish_group() {    # GROUP
  local code=0 other rest=()
  wait "$1" || code=$?
  kill -KILL -- "-$1" 2>/dev/null || true
  for other in "${groups[@]}"; do
    [[ $other == "$1" ]] || rest+=("$other")
  done
  groups=("${rest[@]}")
  return "$code"
}

end_groups() {
  local each
  for each in "${groups[@]}"; do
    kill -KILL -- "-$each" 2>/dev/null || true
  done
  groups=()
}

require_dotnet() {
  local newest=
  if command -v dotnet >/dev/null; then
    newest=$(dotnet --list-sdks | tail -n 1)
    newest=${newest%% *}
  fi
  if [[ ! ${newest%%.*} =~ ^[0-9]+$ ]] || ((${newest%%.*} < 10)); then
    stop "The .NET SDK 10 is needed; found: ${newest:-none}. See https://dotnet.microsoft.com/download/dotnet/10.0"
  fi
}

# The servers, and the client libraries of other languages; those of Node.js come with npm, when their tests run.
require_packages() {
  local missing=()
  command -v redis-server >/dev/null || missing+=(redis-server)
  command -v redis-sentinel >/dev/null || missing+=(redis-sentinel)
  command -v redis-cli >/dev/null || missing+=(redis-tools)
  command -v prometheus-redis-exporter >/dev/null || missing+=(prometheus-redis-exporter)
  /usr/bin/python3 -c 'import redis.sentinel' 2>/dev/null || missing+=(python3-redis)
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  if ((${#missing[@]} > 0)); then
    "$root/deploy/install-redis.sh" "${missing[@]}" 2>&1 || stop "The tests run real servers and clients, and cannot do without."
  fi
}

count() {    # OUTCOME TRX: how many results have an outcome that matches
  { grep -oE '<UnitTestResult [^>]*>' "$2" || true; } | { grep -cE " outcome=\"($1)\"" || true; }
}

failed_names() {    # TRX
  { grep -oE '<UnitTestResult [^>]*>' "$1" || true; } |
    { grep -vE ' outcome="(Passed|NotExecuted)"' || true; } |
    sed -E 's/.* testName="([^"]*)".*/\1/; s/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'
}

# Starts the tests of a project, or a part of them; what they say is kept for later.
begin() {    # NAME PROJECT PART COMMAND-THAT-RUNS-IT...
  local name=$1 picked=$3
  if ((${#filter[@]} > 0)); then
    picked="${picked:+($picked)&}(${filter[0]})"
  fi
  start "$PROJECT_BOUND" "${@:4}" dotnet test "$2" --no-build --nologo -c "$configuration" ${picked:+--filter "$picked"} \
    --logger "trx;LogFileName=$name.trx" --results-directory "$results" \
    --blame-hang --blame-hang-timeout "$TEST_BOUND" --blame-hang-dump-type none >"$results/$name.log" 2>&1
}

# Waits for them, says what they said, and counts.
end() {    # NAME GROUP
  local name=$1 trx=$results/$1.trx code=0 all bad good names
  finish_group "$2" || code=$?
  printf '\n=== %s ===\n' "$name"
  cat -- "$results/$name.log"
  if [[ ! -e $trx ]]; then
    # With a filter that picks nothing here there is nothing to write.
    ((code == 0)) || fail_project "$name gave no results (exit code $code)"
    return 0
  fi
  all=$(count '[A-Za-z]*' "$trx")
  good=$(count Passed "$trx")
  bad=$((all - good - $(count NotExecuted "$trx")))
  passed=$((passed + good))
  failed=$((failed + bad))
  skipped=$((skipped + all - good - bad))
  mapfile -t names < <(failed_names "$trx")
  failures+=("${names[@]/#/$name: }")
  if ((code != 0 && bad == 0)); then
    fail_project "$name ended early (exit code $code)"
  fi
}

# What cannot be said test by test counts as one more that failed.
fail_project() {    # WHAT HAPPENED
  failures+=("$1")
  failed=$((failed + 1))
}

if (($# > 1)); then
  stop "Usage: tests/run.sh [FILTER]"
fi
export DOTNET_CLI_HOME=${DOTNET_CLI_HOME:-${HOME:-$results}}
require_dotnet
require_packages

echo "Building ..."
# No build server is left running, and none that others use is joined.
start "$BUILD_BOUND" dotnet build "$root/Sentinel.sln" -c "$configuration" --nologo -v quiet -warnaserror --disable-build-servers
finish_group "${groups[-1]}" || stop "The build failed."

# The tests with real clusters wait for them most of the time; all others run beside them, one after the other, and those that compute give way.
readonly daemon=Sentinel.Daemon.Tests clusters='FullyQualifiedName~Sentinel.Daemon.Tests.Cluster.'
readonly daemon_project=$root/tests/$daemon/$daemon.csproj
export TEST_PORTS=10000-15000
begin "$daemon.Cluster" "$daemon_project" "$clusters"
clusters_group=${groups[-1]}
export TEST_PORTS=15000-20000
for project in "$root"/tests/*/*.csproj; do
  name=$(basename -- "$project" .csproj)
  if [[ $name != "$daemon" && $(dotnet msbuild "$project" -getProperty:IsTestProject -nologo -nodeReuse:false </dev/null) == true ]]; then
    begin "$name" "$project" '' nice -n 10
    end "$name" "${groups[-1]}"
  fi
done
begin "$daemon" "$daemon_project" "${clusters/\~/!~}"
end "$daemon" "${groups[-1]}"
end "$daemon.Cluster" "$clusters_group"

echo
if ((${#failures[@]} > 0)); then
  echo "Failed:"
  printf '  %s\n' "${failures[@]}"
elif ((passed == 0)); then
  echo "No test ran."
else
  succeeded=true
fi
$succeeded
