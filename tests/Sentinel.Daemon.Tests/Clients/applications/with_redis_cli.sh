#!/bin/sh
# An operator's script around redis-cli: asks one sentinel after the other where the master is, and writes there.
#   sh with_redis_cli.sh MASTER SENTINEL_PORT...
master=$1
shift
while :; do
  for sentinel; do
    port=$(redis-cli -p "$sentinel" SENTINEL GET-MASTER-ADDR-BY-NAME "$master" 2>/dev/null | sed -n 2p)
    [ -n "$port" ] || continue
    if redis-cli -e -p "$port" INCR redis-cli >/dev/null 2>&1; then
      echo "wrote to $port"
    else
      echo "failed: $port"
    fi
  done
  sleep 0.05
done
