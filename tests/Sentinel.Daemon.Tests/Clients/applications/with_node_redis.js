// An application as users of node-redis write it: it names the sentinels and the master, and never an address of a node.
//   node with_node_redis.js MASTER SENTINEL_PORT...
'use strict';
const { setTimeout: pause } = require('node:timers/promises');
const { createSentinel } = require('redis');

const [name, ...ports] = process.argv.slice(2);
const client = createSentinel({
  name,
  sentinelRootNodes: ports.map((port) => ({ host: '127.0.0.1', port: Number(port) })),
  replicaPoolSize: 1,
  maxCommandRediscovers: 1,
  scanInterval: 200,
});
client.on('error', () => {});    // it connects again by itself
client.on('client-error', () => {});

async function say(what, action) {
  try {
    console.log(`${what} ${await action()}`);
  } catch (error) {
    console.log(`failed: ${error.message}`);
  }
}

(async () => {
  await client.connect();
  for (;;) {
    await say('wrote to', () => client.use(async (master) => {
      await master.incr('node-redis');
      return /tcp_port:(\d+)/.exec(await master.info('server'))[1];
    }));
    await say('read', () => client.get('node-redis'));
    await pause(50);
  }
})();
