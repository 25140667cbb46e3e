// An application as users of ioredis write it: it names the sentinels and the master, and never an address of a node.
//   node with_ioredis.js MASTER SENTINEL_PORT...
'use strict';
const { setTimeout: pause } = require('node:timers/promises');
const Redis = require('ioredis');

const [name, ...ports] = process.argv.slice(2);
const sentinels = ports.map((port) => ({ host: '127.0.0.1', port: Number(port) }));
const common = { sentinels, name, retryStrategy: () => 50, sentinelRetryStrategy: () => 50, maxRetriesPerRequest: 0 };
const master = new Redis(common);
const replica = new Redis({ ...common, role: 'slave' });
for (const client of [master, replica]) client.on('error', () => {});    // it connects again by itself

const portOf = async (client) => /tcp_port:(\d+)/.exec(await client.info('server'))[1];

async function say(what, action) {
  try {
    console.log(`${what} ${await action()}`);
  } catch (error) {
    console.log(`failed: ${error.message}`);
  }
}

(async () => {
  for (;;) {
    await say('wrote to', async () => { await master.incr('ioredis'); return portOf(master); });
    await say('read from', () => portOf(replica));
    await pause(50);
  }
})();
