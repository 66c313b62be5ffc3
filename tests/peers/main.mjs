// main.mjs PAPER: runs every suite; ends with "skipped: ..." lines and "N passed, N failed, N skipped".
import { limited } from "./harness.mjs";

const program = process.argv[2];
const only = process.argv[3];
const skipped = [];
let passed = 0, failed = 0;

for (const file of ["nktkas.test.mjs", "ccxt.test.mjs"]) {
	const { default: s } = await import("./" + file);
	let broken = null;
	try {
		await limited(s.setup(program), s.name + " setup", 60000);
	} catch (e) {
		broken = e;
	}
	for (const t of s.tests) {
		const name = `${s.name}: ${t.title}`;
		if (only && !name.includes(only)) continue;
		if (broken && broken.code === "ERR_MODULE_NOT_FOUND") {
			skipped.push(`${name} (package not installed)`);
			continue;
		}
		try {
			if (broken) throw broken;
			await limited(t.fn(), name, 60000);
			passed++;
			console.log(`PASS: ${name}`);
		} catch (e) {
			failed++;
			console.log(`FAIL: ${name}\n      ${e && (e.stack || e.message || e)}`);
		}
	}
	await s.teardown().catch((e) => {
		failed++;
		console.log(`FAIL: ${s.name}: teardown: ${e.message}`);
	});
}
for (const n of skipped) console.log(`skipped: ${n}`);
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
process.exit(failed ? 1 : 0);
