// ccxt.test.mjs: ccxt (pro), unmodified: URLs and the sandbox flag only.
import { KEYS, check, equal, limited, paper, suite, until } from "./harness.mjs";

const s = suite("ccxt");
const { test } = s;
export default s;

const BTC = "BTC/USDC:USDC", ETH = "ETH/USDC:USDC";
let venue, ex, user;

s.setup = async (program) => {
	const ccxt = (await import("ccxt")).default;
	const { privateKeyToAccount } = await import("viem/accounts");
	user = privateKeyToAccount(KEYS[2]).address;
	venue = await paper(program, ["--seed", "11", "--fund", `${user}=5000000`]);
	const api = { public: venue.url, private: venue.url, ws: { public: venue.ws } };
	ex = new ccxt.pro.hyperliquid({
		walletAddress: user,
		privateKey: KEYS[2],
		urls: { api, test: api },
		options: { sandboxMode: true },
	});
	await ex.loadHttpProxyAgent();
	await ex.loadMarkets();
};

s.teardown = async () => {
	if (ex) await ex.close();
	if (venue) equal(await venue.stop(), 0, "exit status of exeunt-paper");
};

const touch = async (symbol) => {
	const b = await ex.fetchOrderBook(symbol);
	return { bid: b.bids[0][0], ask: b.asks[0][0], book: b };
};

const position = async (symbol) => {
	const p = (await ex.fetchPositions([symbol])).find((x) => x.symbol === symbol);
	return p ? (p.side === "short" ? -1 : 1) * p.contracts : 0;
};

async function refused(promise, name) {
	try {
		await promise;
	} catch (e) {
		check(e.constructor.name === name, `${e.constructor.name} (${e.message}) is ${name}`);
		return;
	}
	throw new Error("not refused: " + name);
}

test("markets", async () => {
	const m = ex.market(BTC);
	check(m.swap && m.active, "BTC is a live swap");
	equal(m.precision.amount, 0.00001, "lot of BTC");
	check(ex.symbols.filter((x) => x.endsWith(":USDC")).length >= 20, "20 swaps");
});

test("book and tickers", async () => {
	const { book } = await touch(BTC);
	equal(book.bids.length, 20, "20 bids");
	check(book.bids[0][0] < book.asks[0][0], "not crossed");
	const t = await ex.fetchTickers([BTC, ETH]);
	check(t[BTC].last > 1000 || t[BTC].close > 1000 || t[BTC].info.midPx > 1000, "ticker");
});

test("balance", async () => {
	const b = await ex.fetchBalance();
	check(b.USDC.total > 4990000, "USDC");
});

test("place, edit and cancel", async () => {
	const { bid } = await touch(BTC);
	const o = await ex.createOrder(BTC, "limit", "buy", 0.02, bid * 0.95);
	check(o.id, "has an id");
	let open = await ex.fetchOpenOrders(BTC);
	check(open.some((x) => x.id === o.id && x.amount === 0.02), "is listed");
	const n = await ex.editOrder(o.id, BTC, "limit", "buy", 0.03, bid * 0.94);
	check(n.id && n.id !== o.id, "a new id");
	open = await ex.fetchOpenOrders(BTC);
	equal(open.length, 1, "one order");
	equal(open[0].amount, 0.03, "new amount");
	await ex.cancelOrder(n.id, BTC);
	equal((await ex.fetchOpenOrders(BTC)).length, 0, "none left");
	equal((await ex.fetchOrder(n.id, BTC)).status, "canceled", "status");
	await refused(ex.cancelOrder(n.id, BTC), "OrderNotFound");
});

test("cancel by client id", async () => {
	const { bid } = await touch(ETH);
	const clientOrderId = "0x" + "5".repeat(32);
	const o = await ex.createOrder(ETH, "limit", "buy", 0.5, bid * 0.95, { clientOrderId });
	equal(o.clientOrderId, clientOrderId, "client id comes back");
	await ex.cancelOrder(undefined, ETH, { clientOrderId });
	equal((await ex.fetchOpenOrders(ETH)).length, 0, "none left");
});

test("partial fill and trades", async () => {
	const asks = (await touch(ETH)).book.asks.slice(0, 6);
	const ask = asks[5][0];
	const want = Number(ex.amountToPrecision(ETH, asks.reduce((a, l) => a + l[1], 0) * 2));
	const before = await position(ETH);
	const o = await ex.createOrder(ETH, "limit", "buy", want, ask);
	// The rest may be filled meanwhile: take it back first, then everything stands still.
	await ex.cancelOrder(o.id, ETH).catch(() => {});
	const mine = (await ex.fetchMyTrades(ETH)).filter((t) => t.order === o.id);
	const got = mine.reduce((a, t) => a + t.amount, 0);
	check(got > 0, "something filled");
	check(Math.abs((await position(ETH)) - before - got) < 1e-9, "position = trades");
	const st = await ex.fetchOrder(o.id, ETH);
	// A sum of many fills is not the amount to the last bit.
	equal(st.status, got < want - 1e-9 ? "canceled" : "closed", "status");
	check(Math.abs(st.remaining + got - want) < 1e-9, "remaining + trades = amount");
});

test("market order and reduce-only close", async () => {
	await ex.setLeverage(10, BTC, { marginMode: "cross" });
	const { bid, ask } = await touch(BTC);
	await ex.createOrder(BTC, "market", "buy", 0.3, ask);
	equal(await position(BTC), 0.3, "position");
	await ex.createOrder(BTC, "market", "sell", 0.3, bid, { reduceOnly: true });
	equal(await position(BTC), 0, "flat");
	await refused(ex.createOrder(BTC, "market", "sell", 0.3, bid, { reduceOnly: true }), "InvalidOrder");
});

test("post only", async () => {
	const { ask } = await touch(BTC);
	await refused(ex.createOrder(BTC, "limit", "buy", 0.01, ask * 1.01, { postOnly: true }), "InvalidOrder");
});

test("stop order", async () => {
	const { ask } = await touch(BTC);
	await ex.createOrder(BTC, "market", "buy", 0.1, ask);
	const o = await ex.createOrder(BTC, "market", "sell", 0.1, ask, { stopLossPrice: ask * 0.95, reduceOnly: true });
	const open = await ex.fetchOpenOrders(BTC);
	check(open.some((x) => Math.abs(x.triggerPrice / (ask * 0.95) - 1) < 1e-3), "stop is listed");
	for (const x of open) await ex.cancelOrder(x.id, BTC);
	await ex.createOrder(BTC, "market", "sell", 0.1, ask, { reduceOnly: true });
	check(o !== undefined, "answered");
});

test("many orders and cancels in one action", async () => {
	const { bid } = await touch(BTC);
	const list = [0.95, 0.94, 0.93].map((f) => ({ symbol: BTC, type: "limit", side: "buy", amount: 0.01, price: bid * f }));
	const made = await ex.createOrders(list);
	equal(made.length, 3, "three");
	await ex.cancelOrders(made.map((o) => o.id), BTC);
	equal((await ex.fetchOpenOrders(BTC)).length, 0, "none left");
});

test("watch book and trades", async () => {
	const b = await limited(ex.watchOrderBook(BTC), "watchOrderBook", 15000);
	check(b.bids[0][0] < b.asks[0][0], "not crossed");
	const t = await limited(ex.watchTrades(BTC), "watchTrades", 30000);
	check(t.length > 0 && t[0].symbol === BTC && t[0].price > 0, "trades");
});

test("watch orders and own trades", async () => {
	const seen = [];
	const fills = [];
	let go = true;
	const loop = async (watch, out) => {
		while (go) {
			try {
				out.push(...(await watch()));
			} catch (e) {
				if (go) throw e;
			}
		}
	};
	const a = loop(() => ex.watchOrders(BTC), seen), b = loop(() => ex.watchMyTrades(BTC), fills);
	a.catch(() => {});
	b.catch(() => {});
	const { ask } = await touch(BTC);
	const o = await ex.createOrder(BTC, "market", "buy", 0.05, ask);
	await until(async () => {
		if (seen.some((x) => x.id === o.id && x.status === "closed")) return true;
		return seen.some((x) => x.id === o.id);
	}, "watchOrders");
	await until(() => fills.some((x) => x.order === o.id), "watchMyTrades");
	go = false;
	await ex.createOrder(BTC, "market", "sell", 0.05, ask, { reduceOnly: true });
});
