// harness.mjs: a tiny test runner, and exeunt-paper as a child on a free loopback port.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export const KEYS = ["11", "22", "33", "44"].map((b) => "0x" + b.repeat(32));

export function suite(name) {
	const s = { name, tests: [], setup: async () => {}, teardown: async () => {} };
	s.test = (title, fn) => s.tests.push({ title, fn });
	return s;
}

// Starts the program; resolves with {url, ws, stop} once it listens.
export async function paper(program, args) {
	const child = spawn(program, ["--listen", "127.0.0.1:0", "--ready-json", ...args], {
		stdio: ["ignore", "pipe", "pipe"],
	});
	let stderr = "";
	child.stderr.on("data", (d) => (stderr += d));
	const gone = new Promise((_, no) =>
		child.once("exit", (code) => no(new Error(`exeunt-paper ended with ${code}: ${stderr}`))));
	gone.catch(() => {});
	const line = new Promise((yes) => createInterface({ input: child.stdout }).once("line", yes));
	const ready = JSON.parse(await Promise.race([line, gone]));
	return {
		...ready,
		alive: () => child.exitCode === null,
		stop: () => new Promise((yes) => {
			if (child.exitCode !== null) return yes(child.exitCode);
			child.once("exit", (code) => yes(code));
			child.kill("SIGTERM");
		}),
	};
}

export function check(ok, what) {
	if (!ok) throw new Error("check failed: " + what);
}

export function equal(got, want, what) {
	if (got !== want) throw new Error(`${what}: got ${got}, expected ${want}`);
}

// Polls until fn() is true; the only way these tests wait.
export async function until(fn, what, ms = 15000) {
	const end = Date.now() + ms;
	for (;;) {
		const v = await fn();
		if (v) return v;
		if (Date.now() > end) throw new Error("not within " + ms + " ms: " + what);
		await new Promise((r) => setTimeout(r, 50));
	}
}

export async function limited(promise, what, ms = 30000) {
	let timer;
	const late = new Promise((_, no) => (timer = setTimeout(() => no(new Error("no end: " + what)), ms)));
	try {
		return await Promise.race([promise, late]);
	} finally {
		clearTimeout(timer);
	}
}

// Venue's rules for a price of a perp: 5 significant digits, at most 6 - sz decimals.
export function tick(px, szDecimals) {
	const p = Number(px.toPrecision(5));
	return String(Number(p.toFixed(6 - szDecimals)));
}
