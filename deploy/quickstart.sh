#!/usr/bin/env bash
# One master, two replicas and three sentinels on this machine: to look at, or to see a failover with its times.
set -euo pipefail
if ((BASH_VERSINFO[0] < 5)); then
  echo "bash 5 or newer is needed; this is $BASH_VERSION." >&2
  exit 2
fi
export LC_ALL=C          # months in logs and the point in $EPOCHREALTIME
unset REDISCLI_AUTH      # nothing here has a password
trap '' PIPE             # a connection or an output that breaks is an error to handle, not the end

usage() {
  cat <<'END'
Usage: deploy/quickstart.sh [--failover] [--down-after MS] [--sentinel PROGRAM]

Builds sentinel and starts one master, two replicas and three sentinels, all on free ports of 127.0.0.1 and in a
temporary folder. Says what runs where and what to try, and ends everything at Ctrl-C.

  --failover          kill the master under a client that writes, print what happened when, and end
  --down-after MS     silence before a sentinel holds a node to be down; default 1000
  --sentinel PROGRAM  run this instead of building sentinel; with redis-sentinel one can compare
  --help              this text

Needs bash 5, the .NET SDK 10, redis-server and redis-cli. On Debian and Ubuntu the last two are installed when they
are missing and this may be done.
END
}

readonly MASTER=mymaster
readonly NODES=(redis-1 redis-2 redis-3)                  # the first one starts as the master
readonly SENTINELS=(sentinel-1 sentinel-2 sentinel-3)
readonly BOUND_S=30                                       # for whatever is to happen, on a slow machine too

failover=false
down_after=1000
program=

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
lab=                     # the temporary folder
builder=                 # pid of the build while it runs
writer=                  # pid of the client that writes
declare -A port=() pid=()

# ---- Small tools -----------------------------------------------------------------------------------------------------

now() {    # sets REPLY: the time in ms
  REPLY=$((${EPOCHREALTIME/./} / 1000))
}

exec {never}<> <(:)      # a pipe that nobody writes to: a read from it pauses without starting a process
pause() {
  read -r -t "$1" -u "$never" || true
}

# await SECONDS TEST...: true as soon as the test is, false when it has not become true in that time
await() {
  local REPLY deadline
  now
  deadline=$((REPLY + $1 * 1000))
  until "${@:2}"; do
    now
    ((REPLY < deadline)) || return 1
    pause 0.02
  done
}

cli() {    # PORT WORDS...
  timeout 5 "$redis_cli" -h 127.0.0.1 -p "$@" 2>/dev/null </dev/null
}

refuse() {    # for a mistake of the caller
  printf '%s\n' "$@" >&2
  exit 2
}

fail() {    # for what went wrong here: shows the logs, which will be gone
  local name
  for name in "${NODES[@]}" "${SENTINELS[@]}"; do
    if [[ -n ${pid[$name]:-} ]]; then
      printf '\n--- the end of the log of %s ---\n' "$name"
      tail -n 20 "$lab/$name/$name.log" || true
    fi
  done >&2
  printf '\n%s\n' "$@" >&2
  exit 1
}

# Still a child of this shell: not ended, and not a stranger that was given the number later.
is_ours() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  stat=${stat##*) }
  [[ $stat == [!Z]" $$ "* ]]
}

none_is_ours() {
  local p
  for p in "$@"; do
    ! is_ours "$p" || return 1
  done
}

# Ends what was started, and only that. Also the way out after a failure half-way.
end_all() {
  trap '' INT TERM HUP
  local p started=(${builder:+"$builder"} ${writer:+"$writer"} "${pid[@]}")
  for p in "${started[@]}"; do
    if is_ours "$p"; then kill -TERM "$p"; fi
  done
  if ! await 5 none_is_ours "${started[@]}"; then
    for p in "${started[@]}"; do
      if is_ours "$p"; then kill -KILL "$p"; fi
    done
    await 5 none_is_ours "${started[@]}" || true
  fi
  [[ -z $lab ]] || rm -rf -- "$lab"
}

# ---- What is needed --------------------------------------------------------------------------------------------------

find_redis() {
  redis_server=$(command -v redis-server || command -v valkey-server || true)
  redis_cli=$(command -v redis-cli || command -v valkey-cli || true)
}

require_redis() {
  local missing=()
  find_redis
  [[ -n $redis_server ]] || missing+=(redis-server)
  [[ -n $redis_cli ]] || missing+=(redis-tools)
  if ((${#missing[@]} > 0)); then
    "$root/deploy/install-redis.sh" "${missing[@]}"
    find_redis
    [[ -n $redis_server && -n $redis_cli ]] || fail "redis-server and redis-cli are still not in the PATH."
  fi
}

require_dotnet() {
  local dotnet newest='none'
  if dotnet=$(command -v dotnet); then
    newest=$(dotnet --list-sdks | tail -n 1)
    newest=${newest%% *}
  fi
  if [[ ! ${newest%%.*} =~ ^[0-9]+$ ]] || ((${newest%%.*} < 10)); then
    refuse "The .NET SDK 10 is needed to build sentinel; found: ${newest:-none}." \
      "  Ubuntu:          sudo apt-get install dotnet-sdk-10.0" \
      "  other systems:   https://dotnet.microsoft.com/download/dotnet/10.0" \
      "  without root:    curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0" \
      "                   export PATH=\"\$HOME/.dotnet:\$PATH\""
  fi
  # A program looks for its runtime in the usual places only, and the SDK may be somewhere else.
  export DOTNET_ROOT=${DOTNET_ROOT:-$(dirname -- "$(readlink -f -- "$dotnet")")}
  export DOTNET_CLI_HOME=${DOTNET_CLI_HOME:-${HOME:-$lab}} DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
}

# Leaves the program in artifacts/, which git ignores, so that it is built again only when a source has changed.
build() {
  local out=$root/artifacts/quickstart built
  built=$out.built
  program=$out/sentinel
  if [[ -x $program && -e $built && -z $(find "$root/src" "$root"/Directory.* -newer "$built" -type f \
    -not -path '*/obj/*' -not -path '*/bin/*' -print -quit) ]]; then
    return
  fi
  echo "Building sentinel ..."
  mkdir -p "$out"
  : >"$lab/built"        # as old as the build, so that what changes meanwhile is built next time
  # timeout gives the build a process group of its own and takes all of it along when it is ended.
  timeout 900 dotnet publish "$root/src/Sentinel.Daemon" -c Release -o "$out" --nologo --disable-build-servers \
    >"$lab/build.log" 2>&1 </dev/null {never}>&- &
  builder=$!
  if ! wait "$builder"; then
    cat "$lab/build.log" >&2
    fail "sentinel could not be built: see above."
  fi
  builder=
  cp -p "$lab/built" "$built"
}

# ---- Starting --------------------------------------------------------------------------------------------------------

free_port() {    # sets REPLY
  local attempt
  for attempt in {1..200}; do
    REPLY=$((20000 + RANDOM % 12000))    # below the range from which Linux takes ports for outgoing connections
    if [[ " ${port[*]} " != *" $REPLY "* ]] && ! (exec 3<>"/dev/tcp/127.0.0.1/$REPLY") 2>/dev/null; then
      return
    fi
  done
  fail "No free port found on 127.0.0.1."
}

# The file of a node must be one it can write: a failover has the new role written to it.
write_config() {    # NAME
  local name=$1
  mkdir -p "$lab/$name"
  case $name in
    redis-*)
      printf '%s\n' "port ${port[$name]}" 'bind 127.0.0.1' 'save ""' 'appendonly no' 'repl-diskless-sync-delay 0'
      [[ $name == "${NODES[0]}" ]] || echo "replicaof 127.0.0.1 ${port[${NODES[0]}]}"
      ;;
    sentinel-*)
      printf '%s\n' "port ${port[$name]}" 'bind 127.0.0.1' \
        "sentinel monitor $MASTER 127.0.0.1 ${port[${NODES[0]}]} 2" \
        "sentinel down-after-milliseconds $MASTER $down_after" \
        "sentinel failover-timeout $MASTER 10000" \
        "sentinel parallel-syncs $MASTER 1"
      ;;
  esac >"$lab/$name/$name.conf"
}

launch() {    # NAME
  local name=$1 executable=$program
  [[ $name == sentinel-* ]] || executable=$redis_server
  (cd -- "$lab/$name" && exec "$executable" "$name.conf") >>"$lab/$name/$name.log" 2>&1 </dev/null {never}>&- &
  pid[$name]=$!
  disown "${pid[$name]}"    # so that the shell does not remark on its end
}

# The one that answers is the one that was started, and not another that was quicker to take the port.
answers() {    # NAME
  [[ $(cli "${port[$1]}" info server) == *process_id:"${pid[$1]}"$'\r'* ]]
}

answers_or_ended() {    # NAME
  ! is_ours "${pid[$1]}" || answers "$1"
}

start() {    # NAME
  local name=$1 attempt
  for attempt in {1..5}; do
    free_port
    port[$name]=$REPLY
    write_config "$name"
    launch "$name"
    await "$BOUND_S" answers_or_ended "$name" || fail "$name does not answer on port ${port[$name]}."
    if is_ours "${pid[$name]}"; then
      return
    fi
    [[ $(<"$lab/$name/$name.log") == *[Ii]'n use'* ]] || fail "$name did not start."
    rm -f "$lab/$name/$name.log"    # someone took the port in between: another one
  done
  fail "$name found no free port in $attempt attempts."
}

replicas_are_attached() {
  [[ $(cli "${port[${NODES[0]}]}" info replication) == *state=online*state=online* ]]
}

sentinels_know_all() {
  local name reply
  for name in "${SENTINELS[@]}"; do
    reply=$(cli "${port[$name]}" sentinel master "$MASTER") || return 1
    [[ ${reply//$'\n'/ } == *' flags master '*' num-slaves 2 num-other-sentinels 2 '* ]] || return 1
    reply=$(cli "${port[$name]}" sentinel replicas "$MASTER") || return 1
    [[ ${reply//$'\n'/ } == *' flags slave '*' master-link-status ok '*' flags slave '*' master-link-status ok '* ]] || return 1
  done
}

start_all() {
  local name
  echo "Starting one master, two replicas and three sentinels ..."
  for name in "${NODES[@]}"; do
    start "$name"
  done
  await "$BOUND_S" replicas_are_attached || fail "The replicas did not attach to the master in $BOUND_S s."
  for name in "${SENTINELS[@]}"; do
    start "$name"
  done
  await "$BOUND_S" sentinels_know_all || fail "The sentinels did not find each other and the replicas in $BOUND_S s."
}

print_table() {
  local name role=master
  printf '\n%-12s %-10s %-17s %-9s %s\n' '' role address pid log
  for name in "${NODES[@]}" "${SENTINELS[@]}"; do
    [[ $name != sentinel-* ]] || role=sentinel
    printf '%-12s %-10s %-17s %-9s %s\n' "$name" "$role" "127.0.0.1:${port[$name]}" "${pid[$name]}" "$lab/$name/$name.log"
    role=replica
  done
  echo
}

# ---- To look at ------------------------------------------------------------------------------------------------------

stay() {
  local ask="${redis_cli##*/} -p ${port[${SENTINELS[0]}]}" name
  local -A ended=()
  cat <<END
Try, in another terminal:

  $ask sentinel get-master-addr-by-name $MASTER
      where the master is
  $ask sentinel masters
      all that this sentinel knows about it
  $ask psubscribe '*'
      what happens, as it happens
  kill -9 ${pid[${NODES[0]}]}
      the master is gone; $down_after ms later a replica takes its place
  $ask sentinel failover $MASTER
      a replica takes its place because you say so

Ctrl-C ends everything and removes $lab
END
  while :; do
    for name in "${!pid[@]}"; do
      if [[ -z ${ended[$name]:-} ]] && ! is_ours "${pid[$name]}"; then
        ended[$name]=yes
        printf '\n%s: %s has ended. To have it back, until Ctrl-C there:\n' "$(date +%T)" "$name"
        printf '  (cd %q && %s %s)\n' "$lab/$name" "$([[ $name == redis-* ]] && echo "$redis_server" || printf %q "$program")" "$name.conf"
      fi
    done
    pause 0.2
  done
}

# ---- A failover, measured --------------------------------------------------------------------------------------------

# A client in bash itself: to start redis-cli for every request would take longer than what is measured.
connect() {    # PORT: sets link
  { exec {link}<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null
}

ask() {    # LINK WORDS...: sets parts; false when no answer comes
  parts=()
  { printf '%s\r\n' "${*:2}" >&"$1" && read_reply "$1"; } 2>/dev/null
}

read_reply() {    # LINK: one of RESP; what is asked here is answered without line breaks in it
  local line count
  IFS= read -r -t 5 -u "$1" line || return 1
  line=${line%$'\r'}
  case $line in
    '$-1' | '*-1') parts+=('') ;;
    '$'*)
      IFS= read -r -t 5 -u "$1" line || return 1
      parts+=("${line%$'\r'}")
      ;;
    '*'*)
      for ((count = ${line#?}; count > 0; count--)); do
        read_reply "$1" || return 1
      done
      ;;
    *) parts+=("$line") ;;
  esac
}

# Asks the sentinels in turn where the master is, as clients of Sentinel do, and counts up there.
# Tells each "found" (what the master held when the client came) and "wrote" with time, port and number.
write_forever() {
  local link name at number=0
  local -a parts
  while :; do
    for name in "${SENTINELS[@]}"; do
      at=
      if connect "${port[$name]}"; then
        ask "$link" sentinel get-master-addr-by-name "$MASTER" && at=${parts[1]:-}
        exec {link}>&-
      fi
      if [[ -z $at ]] || ! connect "$at"; then
        continue
      fi
      if ask "$link" get number; then
        now
        echo "found $REPLY $at ${parts[0]:-0}"
        while ask "$link" set number $((number + 1)) && [[ ${parts[0]} == +OK ]]; do
          number=$((number + 1))
          now
          echo "wrote $REPLY $at $number"
          pause 0.002
        done
      fi
      exec {link}>&-
    done
    pause 0.005
  done
}

has_written() {    # COUNT
  [[ -e $lab/client.log ]] && (($(wc -l <"$lab/client.log") > $1))
}

# Sets new: the port that all sentinels answer when it is no longer that of the old master; answered_at: since when.
watch_addresses() {
  local name link deadline missing
  local -a parts
  local -A links=() says=()
  for name in "${SENTINELS[@]}"; do
    connect "${port[$name]}" || fail "$name takes no connection."
    links[$name]=$link
  done
  deadline=$((killed_at + down_after + BOUND_S * 1000))
  while :; do
    missing=${#SENTINELS[@]}
    for name in "${SENTINELS[@]}"; do
      ask "${links[$name]}" sentinel get-master-addr-by-name "$MASTER" || fail "$name does not answer."
      says[$name]=${parts[1]:-}
      if [[ -n ${says[$name]} && ${says[$name]} != "$old" && ${says[$name]} == "${says[${SENTINELS[0]}]}" ]]; then
        missing=$((missing - 1))
      fi
    done
    now
    answered_at=$REPLY
    ((missing > 0)) || break
    ((REPLY < deadline)) || fail "After $((REPLY - killed_at)) ms $missing of ${#SENTINELS[@]} sentinels do not name a new master."
    pause 0.005
  done
  new=${says[${SENTINELS[0]}]}
  for link in "${links[@]}"; do
    exec {link}>&-
  done
}

# Sets at and by: when after the kill a sentinel first logged this event, and which one.
find_event() {    # EVENT AND BEGINNING OF ITS TEXT
  local name line time word
  at='' by=''
  for name in "${SENTINELS[@]}"; do
    while read -r line; do
      # 4711:X 21 Nov 2026 02:08:43.470 # +sdown master mymaster 127.0.0.1 6379
      [[ $line =~ ^[0-9]+:X\ ([0-9]+\ [A-Z][a-z]+\ [0-9]+\ [0-9:.]+)\ .\ (.*)$ ]] || continue
      time=${BASH_REMATCH[1]} word=${BASH_REMATCH[2]}
      [[ "$word " == "$1 "* ]] || continue
      time=$(date -d "$time" +%s%3N)
      ((time >= killed_at)) || continue
      if [[ -z $at ]] || ((time < at)); then
        at=$time by=$name
      fi
      break
    done <"$lab/$name/$name.log"
  done
  [[ -n $at ]]
}

print_step() {    # TIME STEP EXPLANATION
  printf '%7d ms   %-10s %s\n' $(($1 - killed_at)) "$2" "$3"
}

print_event() {    # STEP EVENT
  local at by
  await "$BOUND_S" find_event "$2" || fail "No sentinel logged $2."
  print_step "$at" "$1" "${2%% *} by $by"
}

# Sets found, first and last: what the new master held when the client came to it, when it first took a write,
# and the last number that the old one had acknowledged.
find_writes() {
  local what time to number
  found='' first='' last=0
  while read -r what time to number; do
    case $what:$to in
      wrote:"$old") last=$number ;;
      found:"$new") found=$number ;;
      wrote:"$new")
        first=$time
        break
        ;;
    esac
  done <"$lab/client.log"
  [[ -n $found && -n $first ]]
}

follows_new_master() {    # PORT
  [[ $(cli "$1" role) == slave$'\n'127.0.0.1$'\n'"$new"$'\n'connected$'\n'* ]]
}

measure_failover() {
  local killed_at answered_at found first last old new name restarted_at
  local victim=${NODES[0]}
  old=${port[$victim]}
  write_forever >"$lab/client.log" &
  writer=$!
  disown "$writer"
  await "$BOUND_S" has_written 100 || fail "The client could not write."

  echo "Killing $victim, the master, under a client that writes. Since then:"
  echo
  now
  killed_at=$REPLY
  kill -KILL "${pid[$victim]}"
  watch_addresses
  await "$BOUND_S" find_writes || fail "The client could not write to the new master."
  {
    print_event detected "+sdown master"
    print_event agreed "+odown master"
    print_event elected "+elected-leader"
    print_event promoted "+promoted-slave"
    print_event announced "+switch-master"
    print_step "$answered_at" known "${#SENTINELS[@]} of ${#SENTINELS[@]} sentinels answer 127.0.0.1:$new"
    print_step "$first" written "first write acknowledged by the new master"
  } | sort -n -s
  echo
  echo "Writes acknowledged by the old master: $last. Of them the new one lacks: $((last > found ? last - found : 0))."

  for name in "${NODES[@]:1}"; do
    if [[ ${port[$name]} != "$new" ]]; then
      await "$BOUND_S" follows_new_master "${port[$name]}" || fail "$name does not replicate the new master."
      echo "The other replica, $name, follows the new master."
    fi
  done
  now
  restarted_at=$REPLY
  launch "$victim"
  await "$BOUND_S" follows_new_master "$old" || fail "$victim, started again, is not a replica of the new master after $BOUND_S s."
  now
  echo "$victim, started again, is a replica of the new master, with its data, after $((REPLY - restarted_at)) ms."
}

# ---- The way through -------------------------------------------------------------------------------------------------

while (($# > 0)); do
  case $1 in
    --failover) failover=true ;;
    --down-after | --sentinel)
      (($# > 1)) || refuse "$1 needs a value; see --help."
      if [[ $1 == --sentinel ]]; then
        program=$(command -v -- "$2") || refuse "There is no program $2."
        program=$(realpath -s -- "$program")    # it is started in another folder
      else
        [[ $2 =~ ^[1-9][0-9]{0,6}$ ]] || refuse "--down-after takes milliseconds from 1 to 9999999, not '$2'."
        down_after=$2
      fi
      shift
      ;;
    -h | --help)
      usage
      exit
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
  shift
done

trap end_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
lab=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-quickstart.XXXXXX")
lab=$(realpath -- "$lab")
export TMPDIR=$lab      # what the SDK and killed programs leave behind goes with it
if [[ -z $program ]]; then
  require_dotnet
fi
require_redis
if [[ -z $program ]]; then
  build
fi
start_all
print_table
if $failover; then
  measure_failover
else
  stay
fi
