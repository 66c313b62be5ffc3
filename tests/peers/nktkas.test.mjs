// nktkas.test.mjs: @nktkas/hyperliquid, unmodified: base URL, network flag and WebSocket class only.
import { KEYS, check, equal, paper, suite, tick, until } from "./harness.mjs";

const s = suite("nktkas");
const { test } = s;
export default s;

let venue, hl, info, ex, subs, wsEx, user, agentEx, btc, eth;

// The client reads a short hexadecimal oid as a number, so client ids are long ones.
const cloid = (n) => "0xe0" + n.toString(16).padStart(30, "0");
const num = Number;
const sum = (list) => list.reduce((a, b) => a + b, 0);

s.setup = async (program) => {
	hl = await import("@nktkas/hyperliquid");
	const { privateKeyToAccount } = await import("viem/accounts");
	const { WebSocket } = await import("ws");
	const wallet = privateKeyToAccount(KEYS[0]);
	user = wallet.address;
	venue = await paper(program, ["--seed", "7", "--fund", `${user}=1000000`, "--no-volume-gate"]);
	const http = new hl.HttpTransport({ isTestnet: true, apiUrl: venue.url });
	const socket = new hl.WebSocketTransport({ isTestnet: true, url: venue.ws, reconnect: { WebSocket } });
	info = new hl.InfoClient({ transport: http });
	ex = new hl.ExchangeClient({ transport: http, wallet });
	wsEx = new hl.ExchangeClient({ transport: socket, wallet });
	subs = new hl.SubscriptionClient({ transport: socket });
	agentEx = new hl.ExchangeClient({ transport: http, wallet: privateKeyToAccount(KEYS[1]) });
	agentEx.address = privateKeyToAccount(KEYS[1]).address;
	const meta = await info.meta();
	btc = meta.universe.findIndex((c) => c.name === "BTC");
	eth = meta.universe.findIndex((c) => c.name === "ETH");
};

s.teardown = async () => {
	if (venue) equal(await venue.stop(), 0, "exit status of exeunt-paper");
};

async function touch(coin) {
	const b = await info.l2Book({ coin });
	return { bid: num(b.levels[0][0].px), ask: num(b.levels[1][0].px) };
}

const position = async (coin) => {
	const st = await info.clearinghouseState({ user });
	const p = st.assetPositions.find((x) => x.position.coin === coin);
	return p ? num(p.position.szi) : 0;
};

function limit(a, b, p, sz, more = {}) {
	return { a, b, p, s: sz, r: false, t: { limit: { tif: "Gtc" } }, ...more };
}

const one = (answer) => answer.response.data.statuses[0];

async function refused(promise, text) {
	try {
		await promise;
	} catch (e) {
		check(String(e.message).includes(text), `"${e.message}" says "${text}"`);
		return;
	}
	throw new Error(`not refused: ${text}`);
}

test("meta and contexts", async () => {
	const [meta, ctxs] = await info.metaAndAssetCtxs();
	equal(meta.universe.length, ctxs.length, "one context a coin");
	check(meta.universe.length >= 20, "20 coins");
	equal(meta.universe[btc].szDecimals, 5, "szDecimals of BTC");
	equal(meta.universe[btc].maxLeverage, 40, "maxLeverage of BTC");
	for (const c of ctxs) check(num(c.markPx) > 0 && num(c.oraclePx) > 0, "prices are positive");
	const mids = await info.allMids();
	check(num(mids.BTC) > 1000, "mid of BTC");
});

test("books", async () => {
	for (const coin of ["BTC", "ETH", "SOL"]) {
		const b = await info.l2Book({ coin });
		equal(b.coin, coin, "coin");
		equal(b.levels[0].length, 20, "20 bids");
		check(num(b.levels[0][0].px) < num(b.levels[1][0].px), "not crossed");
		for (const side of b.levels)
			for (let i = 1; i < side.length; i++)
				check(side === b.levels[0] ? num(side[i].px) < num(side[i - 1].px) : num(side[i].px) > num(side[i - 1].px), "sorted");
	}
	const wide = await info.l2Book({ coin: "BTC", nSigFigs: 4 });
	check(wide.levels[0].every((l) => num(l.px) % 10 === 0), "aggregated to 4 digits");
});

test("place and cancel", async () => {
	const { bid } = await touch("BTC");
	const o = one(await ex.order({ orders: [limit(btc, true, tick(bid * 0.95, 5), "0.01")], grouping: "na" }));
	check(o.resting && o.resting.oid > 0, "rests");
	const open = await info.openOrders({ user });
	check(open.some((x) => x.oid === o.resting.oid && num(x.sz) === 0.01), "is listed");
	const st = await info.orderStatus({ user, oid: o.resting.oid });
	equal(st.order.status, "open", "status");
	equal(one(await ex.cancel({ cancels: [{ a: btc, o: o.resting.oid }] })), "success", "cancel");
	check(!(await info.openOrders({ user })).some((x) => x.oid === o.resting.oid), "is gone");
	await refused(ex.cancel({ cancels: [{ a: btc, o: o.resting.oid }] }), "never placed, already canceled, or filled");
});

test("cancel by cloid", async () => {
	const { bid } = await touch("BTC");
	const c = cloid(77);
	const o = one(await ex.order({ orders: [limit(btc, true, tick(bid * 0.94, 5), "0.01", { c })], grouping: "na" }));
	equal(o.resting.cloid, c, "cloid comes back");
	equal((await info.orderStatus({ user, oid: c })).order.order.oid, o.resting.oid, "found by cloid");
	equal(one(await ex.cancelByCloid({ cancels: [{ asset: btc, cloid: c }] })), "success", "cancelByCloid");
	equal((await info.orderStatus({ user, oid: c })).order.status, "canceled", "status");
});

test("edit", async () => {
	const { bid } = await touch("ETH");
	const p1 = tick(bid * 0.95, 4), p2 = tick(bid * 0.94, 4);
	const o = one(await ex.order({ orders: [limit(eth, true, p1, "0.5")], grouping: "na" }));
	await ex.modify({ oid: o.resting.oid, order: limit(eth, true, p2, "0.6") });
	const open = (await info.openOrders({ user })).filter((x) => x.coin === "ETH");
	equal(open.length, 1, "one order");
	check(open[0].oid !== o.resting.oid, "a new oid");
	equal(num(open[0].limitPx), num(p2), "new price");
	equal(num(open[0].sz), 0.6, "new size");
	const m = one(await ex.batchModify({ modifies: [{ oid: open[0].oid, order: limit(eth, true, p1, "0.7") }] }));
	check(m.resting.oid > open[0].oid, "batchModify rests a new one");
	await ex.cancel({ cancels: [{ a: eth, o: m.resting.oid }] });
});

test("refusals", async () => {
	const { bid, ask } = await touch("BTC");
	await refused(ex.order({ orders: [limit(btc, true, tick(ask * 1.01, 5), "0.01", { t: { limit: { tif: "Alo" } } })], grouping: "na" }),
		"Post only order would have immediately matched");
	await refused(ex.order({ orders: [limit(btc, true, tick(bid * 0.9, 5), "0.01", { t: { limit: { tif: "Ioc" } } })], grouping: "na" }),
		"could not immediately match");
	await refused(ex.order({ orders: [limit(btc, true, tick(bid * 0.95, 5), "0.00001")], grouping: "na" }), "minimum value of $10");
	await refused(ex.order({ orders: [limit(btc, false, tick(bid, 5), "0.01", { r: true, t: { limit: { tif: "Ioc" } } })], grouping: "na" }),
		"Reduce only order would increase position");
});

test("partial fill", async () => {
	// Up to the sixth ask, for twice what stands there: the first part fills, the rest stays.
	const asks = (await info.l2Book({ coin: "ETH" })).levels[1].slice(0, 6);
	const ask = num(asks[5].px);
	const want = (Math.ceil(sum(asks.map((l) => num(l.sz))) * 20) / 10).toFixed(1);
	const before = await position("ETH");
	const o = one(await ex.order({ orders: [limit(eth, true, tick(ask, 4), want, { c: cloid(1001) })], grouping: "na" }));
	check(o.filled || o.resting, "answered");
	const oid = (o.filled || o.resting).oid;
	// The rest may be filled meanwhile: take it back first, then everything stands still.
	await ex.cancel({ cancels: [{ a: eth, o: oid }] }).catch(() => {});
	const st = await info.orderStatus({ user, oid });
	const fills = (await info.userFills({ user })).filter((f) => f.oid === oid);
	const got = sum(fills.map((f) => num(f.sz)));
	check(got > 0, "something filled");
	check(Math.abs((await position("ETH")) - before - got) < 1e-9, "position = fills");
	check(st.order.status === (got < num(want) ? "canceled" : "filled"), "status");
	check(Math.abs(num(st.order.order.sz) + got - num(want)) < 1e-9, "rest + fills = size");
	check(fills.every((f) => f.dir === "Open Long" && num(f.px) <= ask), "fills within the limit");
});

test("position, leverage and reduce-only close", async () => {
	await ex.updateLeverage({ asset: btc, isCross: true, leverage: 10 });
	const { ask } = await touch("BTC");
	const o = one(await ex.order({ orders: [limit(btc, true, tick(ask * 1.03, 5), "0.5", { t: { limit: { tif: "Ioc" } } })], grouping: "na" }));
	equal(num(o.filled.totalSz), 0.5, "filled");
	const st = await info.clearinghouseState({ user });
	const p = st.assetPositions.find((x) => x.position.coin === "BTC").position;
	equal(num(p.szi), 0.5, "szi");
	equal(p.leverage.value, 10, "leverage");
	check(Math.abs(num(p.entryPx) / num(o.filled.avgPx) - 1) < 1e-4, "entry is the average");
	check(num(st.marginSummary.accountValue) > 990000, "equity");
	const { bid } = await touch("BTC");
	/* Oversize reduce-only is capped at the position. */
	const c = one(await ex.order({ orders: [limit(btc, false, tick(bid * 0.97, 5), "0.9", { r: true, t: { limit: { tif: "FrontendMarket" } } })], grouping: "na" }));
	equal(num(c.filled.totalSz), 0.5, "capped close");
	equal(await position("BTC"), 0, "flat");
	const fills = await info.userFills({ user });
	check(fills.some((f) => f.coin === "BTC" && f.dir === "Close Long" && num(f.fee) > 0), "fills tell the close and its fee");
});

test("trigger orders", async () => {
	const { ask } = await touch("BTC");
	await ex.order({ orders: [limit(btc, true, tick(ask * 1.03, 5), "0.1", { t: { limit: { tif: "Ioc" } } })], grouping: "na" });
	const trg = tick(ask * 0.95, 5);
	const o = one(await ex.order({
		orders: [{ a: btc, b: false, p: tick(ask * 0.9, 5), s: "0.1", r: true, t: { trigger: { isMarket: true, triggerPx: trg, tpsl: "sl" } } }],
		grouping: "na",
	}));
	check(o === "waitingForTrigger" || o.resting, "armed");
	const open = await info.frontendOpenOrders({ user });
	const t = open.find((x) => x.isTrigger && x.coin === "BTC");
	check(t && num(t.triggerPx) === num(trg) && t.orderType === "Stop Market", "listed as a stop");
	await ex.cancel({ cancels: [{ a: btc, o: t.oid }] });
	await ex.order({ orders: [limit(btc, false, tick(ask * 0.97, 5), "0.1", { r: true, t: { limit: { tif: "Ioc" } } })], grouping: "na" });
});

test("agent", async () => {
	await ex.approveAgent({ agentAddress: agentEx.address, agentName: "desk" });
	const role = await info.userRole({ user: agentEx.address });
	equal(role.role, "agent", "role");
	const { bid } = await touch("BTC");
	const o = one(await agentEx.order({ orders: [limit(btc, true, tick(bid * 0.95, 5), "0.01")], grouping: "na" }));
	check((await info.openOrders({ user })).some((x) => x.oid === o.resting.oid), "the order is the master's");
	await agentEx.cancel({ cancels: [{ a: btc, o: o.resting.oid }] });
});

test("orders over the socket", async () => {
	const { bid } = await touch("BTC");
	const o = one(await wsEx.order({ orders: [limit(btc, true, tick(bid * 0.95, 5), "0.01")], grouping: "na" }));
	check(o.resting.oid > 0, "rests");
	equal(one(await wsEx.cancel({ cancels: [{ a: btc, o: o.resting.oid }] })), "success", "cancel");
});

test("twap", async () => {
	const r = await ex.twapOrder({ twap: { a: btc, b: true, s: "0.05", r: false, m: 5, t: false } });
	const id = r.response.data.status.running.twapId;
	check(id > 0, "runs");
	const c = await ex.twapCancel({ a: btc, t: id });
	equal(c.response.data.status, "success", "cancel");
});

test("market subscriptions", async () => {
	const got = {};
	const on = (k) => (d) => (got[k] = (got[k] || []).concat([d]));
	const list = [
		await subs.l2Book({ coin: "BTC" }, on("l2Book")),
		await subs.bbo({ coin: "BTC" }, on("bbo")),
		await subs.trades({ coin: "BTC" }, on("trades")),
		await subs.allMids(on("allMids")),
		await subs.activeAssetCtx({ coin: "BTC" }, on("ctx")),
		await subs.candle({ coin: "BTC", interval: "1m" }, on("candle")),
	];
	await until(() => ["l2Book", "bbo", "trades", "allMids", "ctx"].every((k) => got[k]), "first frames");
	await until(() => got.bbo.length > 3 && got.trades.length > 1, "bbo and trades go on");
	equal(got.l2Book[0].levels[0].length, 20, "20 bids");
	check(got.trades[0].every((t) => t.coin === "BTC" && num(t.px) > 0 && t.users.length === 2), "trades");
	for (const x of list) await x.unsubscribe();
});

test("account subscriptions", async () => {
	const got = {};
	const on = (k) => (d) => (got[k] = (got[k] || []).concat([d]));
	const list = [
		await subs.userFills({ user }, on("userFills")),
		await subs.orderUpdates({ user }, on("orderUpdates")),
		await subs.userEvents({ user }, on("userEvents")),
		await subs.clearinghouseState({ user }, on("state")),
		await subs.openOrders({ user }, on("open")),
		await subs.userFundings({ user }, on("fundings")),
		await subs.webData3({ user }, on("web")),
	];
	await until(() => got.userFills && got.state && got.open && got.fundings && got.web, "snapshots");
	check(got.userFills[0].isSnapshot === true, "fills begin with a snapshot");
	const { ask } = await touch("BTC");
	const o = one(await ex.order({ orders: [limit(btc, true, tick(ask * 1.03, 5), "0.02", { t: { limit: { tif: "Ioc" } } })], grouping: "na" }));
	const oid = o.filled.oid;
	await until(() => (got.orderUpdates || []).flat().some((u) => u.order.oid === oid && u.status === "filled"), "orderUpdates");
	await until(() => got.userFills.slice(1).some((m) => !m.isSnapshot && m.fills.some((f) => f.oid === oid)), "userFills");
	await until(() => (got.userEvents || []).some((m) => m.fills && m.fills.some((f) => f.oid === oid)), "userEvents");
	for (const x of list) await x.unsubscribe();
	await ex.order({ orders: [limit(btc, false, tick(ask * 0.97, 5), "0.02", { r: true, t: { limit: { tif: "Ioc" } } })], grouping: "na" });
});

test("a wrong key", async () => {
	const { privateKeyToAccount } = await import("viem/accounts");
	const stranger = new hl.ExchangeClient({
		transport: new hl.HttpTransport({ isTestnet: true, apiUrl: venue.url }),
		wallet: privateKeyToAccount(KEYS[3]),
	});
	await refused(stranger.order({ orders: [limit(btc, true, "50000", "0.01")], grouping: "na" }), "does not exist");
});

// What the client cannot know: it executed, and the answer was an error or never came.
async function fault(body) {
	const r = await fetch(venue.url + "/paper", {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify(body),
	});
	equal(r.status, 200, "POST /paper");
}

test("answers lost and wrong", async () => {
	const { bid } = await touch("BTC");
	for (const [kind, n] of [["ack_error", 2001], ["ack_lost", 2002], ["disconnect", 2003]]) {
		await fault({ fault: kind, count: 1 });
		const slow = new hl.ExchangeClient({
			transport: new hl.HttpTransport({ isTestnet: true, apiUrl: venue.url, timeout: 1500 }),
			wallet: (await import("viem/accounts")).privateKeyToAccount(KEYS[0]),
		});
		await refused(slow.order({ orders: [limit(btc, true, tick(bid * 0.95, 5), "0.01", { c: cloid(n) })], grouping: "na" }), "");
		const st = await until(async () => {
			const x = await info.orderStatus({ user, oid: cloid(n) });
			return x.status === "order" && x;
		}, kind + ": the order exists");
		equal(st.order.status, "open", kind);
		equal(one(await ex.cancelByCloid({ cancels: [{ asset: btc, cloid: cloid(n) }] })), "success", "cancel");
	}
	await fault({ fault: "429", count: 1 });
	await refused(ex.order({ orders: [limit(btc, true, tick(bid * 0.95, 5), "0.01", { c: cloid(2004) })], grouping: "na" }), "");
	equal((await info.orderStatus({ user, oid: cloid(2004) })).status, "unknownOid", "429: not executed");
});

test("books go on after every socket was closed", async () => {
	const got = [];
	const s = await subs.l2Book({ coin: "SOL", fast: true }, (d) => got.push(d));
	await until(() => got.length > 0, "first book");
	await fault({ kill: true });
	const n = got.length;
	await until(() => got.length > n + 1, "the client came back and books go on");
	await s.unsubscribe();
});
