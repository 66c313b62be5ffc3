// ccxt_book.mjs FRAMES CCXT: ccxt's own way of a book frame, JSON.parse to its order book, unmodified, on the frames
// of bench_book --frames. Prints nanoseconds a frame, median of RUNS runs after one to warm up.
import { readFileSync } from "node:fs";

const RUNS = 9, ROUNDS = 20000;
const frames = readFileSync(process.argv[2], "utf8").trim().split("\n");
const { default: ccxt } = await import(process.argv[3]);
const ex = new ccxt.pro.hyperliquid();
ex.setMarkets([{ id: "0", symbol: "BTC/USDC:USDC", base: "BTC", quote: "USDC", settle: "USDC", baseId: "BTC",
	type: "swap", swap: true, contract: true, linear: true, precision: {}, limits: {}, info: {} }]);
const client = { resolve() {} };
const took = [];
for (let k = 0; k <= RUNS; k++) {
	const t = process.hrtime.bigint();
	for (let i = 0; i < ROUNDS; i++)
		ex.handleOrderBook(client, JSON.parse(frames[i % frames.length]));
	if (k) // the first run warms the compiler up
		took.push(Number(process.hrtime.bigint() - t) / ROUNDS);
}
const book = ex.orderbooks["BTC/USDC:USDC"];
if (book.bids.length !== 20 || book.asks.length !== 20 || !(book.bids[0][0] > book.bids[19][0]))
	throw new Error("ccxt did not make the book");
took.sort((a, b) => a - b);
console.log(Math.round(took[RUNS >> 1]));
