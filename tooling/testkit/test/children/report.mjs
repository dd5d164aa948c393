// SPDX-License-Identifier: Apache-2.0
const [behaviour, value] = process.argv.slice(2);

console.log(`${behaviour} ${process.env.TESTKIT_VALUE}`);
console.error('to stderr');
if (behaviour === 'exit') process.exit(Number(value));
if (behaviour === 'signal') process.kill(process.pid, value);
if (behaviour === 'hang') setInterval(() => {}, 1000);
