"""An application as users of redis-py write it: it names the sentinels and the master, and never an address of a node.

python3 with_redis_py.py MASTER SENTINEL_PORT...
"""
import sys
import time

from redis import RedisError
from redis.sentinel import Sentinel

name, *ports = sys.argv[1:]
sentinel = Sentinel([("127.0.0.1", int(port)) for port in ports], socket_timeout=1)
master = sentinel.master_for(name, socket_timeout=1)
replica = sentinel.slave_for(name, socket_timeout=1)


def write():
    master.incr("redis-py")
    return master.info("server")["tcp_port"]


def read():
    return replica.info("server")["tcp_port"]


while True:
    for what, action in ("wrote to", write), ("read from", read):
        try:
            print(what, action(), flush=True)
        except RedisError as error:
            print("failed:", error, flush=True)
    time.sleep(0.05)
