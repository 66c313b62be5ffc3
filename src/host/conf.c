/* conf.c: the reader of the configuration; the only includer of inih. Its keys are conf_keys.c,
 * those of [panic] conf_panic.c.
 *
 * Invariants:
 *  1. Nothing is guessed or skipped: a line that is not understood stops the program.
 *  2. inih cuts lines near 200 characters and joins indented ones: both are refused before it sees
 *     them.
 *  3. A key is written once. A section may be repeated only under another name. */
#include "host/conf_in.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/escape.h"
#include "core/grammar.h"
#include "host/conf_panic.h"
#include "host/log.h"

static const struct {
	const char *name;
	enum section section;
} sections[] = {
	{"caps", S_CAPS}, {"exit", S_EXIT},   {"panic", S_PANIC}, {"ui", S_UI},
	{"log", S_LOG},	  {"alarm", S_ALARM}, {"key", S_KEYS},
};

static bool fail(struct reader *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool fail(struct reader *r, const char *fmt, ...)
{
	char raw[300], text[300];
	va_list ap;

	if (r->failed)
		return false;
	r->failed = true;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof raw, fmt, ap);
	va_end(ap);
	escape_text(text, sizeof text, raw, strlen(raw));
	if (!r->line) /* between lines: two keys that do not go together */
		return err_set(r->e, ERR_CONF, "%.80s: %.220s", r->name, text);
	return err_set(r->e, ERR_CONF, "%.80s:%d: %.220s", r->name, r->line, text);
}

static bool account_begin(struct reader *r, const char *name)
{
	struct conf *c = r->c;
	size_t n = strlen(name);

	if (!n || n >= NAME_MAX_)
		return fail(r, "[account NAME]: a name has 1 to %d characters", NAME_MAX_ - 1);
	for (size_t i = 0; i < n; i++)
		if (!((name[i] >= 'a' && name[i] <= 'z') || (name[i] >= 'A' && name[i] <= 'Z') ||
		      (name[i] >= '0' && name[i] <= '9') || name[i] == '-' || name[i] == '_'))
			return fail(r, "[account %s]: letters, digits, - and _ only", name);
	for (uint8_t i = 0; i < c->n_accounts; i++) {
		if (!strcmp(c->account[i].name, name)) {
			r->account = &c->account[i];
			return true;
		}
	}
	if (c->n_accounts == ACCOUNTS_MAX)
		return fail(r, "more than %d accounts", ACCOUNTS_MAX);
	r->account = &c->account[c->n_accounts++];
	snprintf(r->account->name, sizeof r->account->name, "%s", name);
	return true;
}

static bool section_begin(struct reader *r, const char *name)
{
	if (!strcmp(name, "venue hyperliquid")) {
		r->section = S_VENUE;
		return true;
	}
	if (!strncmp(name, "venue ", 6))
		return fail(r, "[%s]: the venues are: hyperliquid", name);
	if (!strncmp(name, "account ", 8)) {
		r->section = S_ACCOUNT;
		return account_begin(r, name + 8);
	}
	for (size_t i = 0; i < COUNT_OF(sections); i++) {
		if (!strcmp(name, sections[i].name)) {
			r->section = sections[i].section;
			return true;
		}
	}
	return fail(r,
		    "no section [%s]; there are [venue hyperliquid], [account NAME], [caps], "
		    "[exit], [panic], [ui], [alarm], [log], [key]",
		    name);
}

static bool unknown_key(struct reader *r, const char *section, const char *key)
{
	char list[200] = "";
	size_t n = 0;

	for (size_t i = 0; i < conf_n_rows; i++)
		if (conf_rows[i].section == r->section && n < sizeof list)
			n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", n ? ", " : "",
					      conf_rows[i].key);
	return fail(r, "%s: no such key in [%s]; there are %s", key, section, list);
}

/* The section of many keys has a table of its own; its list is too long for a line. */
static int on_panic(struct reader *r, const char *section, const char *key, const char *value)
{
	int row = conf_panic_find(key);
	struct err why = {0};

	if (row < 0) {
		const char *names[64], *name;
		char near[32] = "";
		size_t n = 0;

		while ((name = conf_panic_name(n)))
			names[n++] = name;
		gram_near(near, sizeof near, key, names, n);
		return fail(r, "%s: no such key in [%s]; %s%s%sexeunt.conf(5) lists them", key,
			    section, *near ? "near: " : "", near, *near ? "; " : "");
	}
	if (r->panic_given & (uint64_t)1 << row)
		return fail(r, "%s is written twice in [%s]", key, section);
	r->panic_given |= (uint64_t)1 << row;
	if (!*value)
		return fail(r, "%s has no value; accepted: %s", key, conf_panic_accepted(row));
	if (conf_panic_set(&r->c->panic, row, value, &why))
		return 1;
	return fail(r, "%s = %s: %s; accepted: %s", key, value, why.text, conf_panic_accepted(row));
}

static int on_pair(void *arg, const char *section, const char *key, const char *value)
{
	struct reader *r = arg;
	struct err why = {0};
	uint64_t *given;

	if (!section_begin(r, section))
		return 0;
	if (r->section == S_PANIC)
		return on_panic(r, section, key, value);
	given = &r->given[r->section == S_ACCOUNT ? 1 + (r->account - r->c->account) : 0];
	for (size_t i = 0; i < conf_n_rows; i++) {
		if (conf_rows[i].section != r->section || strcmp(conf_rows[i].key, key))
			continue;
		if (*given & (uint64_t)1 << i)
			return fail(r, "%s is written twice in [%s]", key, section);
		*given |= (uint64_t)1 << i;
		if (!*value)
			return fail(r, "%s has no value; accepted: %s", key, conf_rows[i].accepted);
		if (conf_rows[i].set(r, value, &why))
			return 1;
		return fail(r, "%s = %s: %s; accepted: %s", key, value, why.text,
			    conf_rows[i].accepted);
	}
	return unknown_key(r, section, key);
}

/* Hands inih one line at a time, after judging it. Section lines are judged here, since inih only
 * tells them with their first key. */
static char *next_line(char *out, int cap, void *arg)
{
	struct reader *r = arg;
	size_t n = strcspn(r->text, "\n");
	size_t blank = strspn(r->text, " \t");

	if (!*r->text || r->failed)
		return NULL;
	r->line++;
	if (n > CONF_LINE_MAX || n + 2 > (size_t)cap) {
		fail(r, "the line has %zu characters; at most %d are read", n, CONF_LINE_MAX);
		return NULL;
	}
	if (blank && blank < n && r->text[blank] != '#' && r->text[blank] != ';' &&
	    r->text[blank] != '\r') {
		fail(r, "the line is indented; a value cannot go on in the next line");
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)r->text[i];
		if ((c < 32 && c != '\t' && c != '\r') || c == 127) {
			fail(r, "character %zu is a control character", i + 1);
			return NULL;
		}
	}
	memcpy(out, r->text, n);
	out[n] = '\n';
	out[n + 1] = 0;
	r->text += n + (r->text[n] == '\n');
	if (out[0] == '[') {
		char name[CONF_LINE_MAX + 1];
		size_t end = strcspn(out, "]\n");
		if (out[end] == ']') {
			snprintf(name, sizeof name, "%.*s", (int)(end - 1), out + 1);
			if (!section_begin(r, name))
				return NULL;
		}
	}
	return out;
}

/* What one line alone cannot tell. */
static bool judge(struct reader *r)
{
	static const char *const hosts[] = {"", "api.hyperliquid-testnet.xyz",
					    "api.hyperliquid.xyz"};
	static const char *const names[] = {"paper", "testnet", "mainnet"};
	struct conf *c = r->c;
	struct url *u = &c->url;
	struct err why = {0};

	r->line = 0;
	if (!conf_panic_judge(&c->panic, &why))
		return fail(r, "%s", why.text);
	if (!u->set) {
		struct err none;
		char text[160];
		if (c->network == NET_PAPER)
			snprintf(text, sizeof text, "http://127.0.0.1:3001");
		else
			snprintf(text, sizeof text, "https://%s", hosts[c->network]);
		ASSERT(url_parse(u, text, &none));
	}
	for (int i = -1; i < c->n_endpoints; i++) {
		const struct url *x = i < 0 ? u : &c->endpoint[i];
		if (!x->tls && !(x->loopback && c->network == NET_PAPER))
			return fail(r,
				    "url http://%s with network = %s: plain http goes only to "
				    "literal 127.0.0.0/8 or ::1 with network = paper; write https",
				    x->host, names[c->network]);
		for (int n = NET_TESTNET; n <= NET_MAINNET; n++)
			if (n != c->network && !strcmp(x->host, hosts[n]))
				return fail(r, "network = %s, but %s is the venue's %s",
					    names[c->network], x->host, names[n]);
		if (c->network == NET_PAPER && !x->loopback)
			return fail(r,
				    "network = paper, but %s is not a loopback address; a real "
				    "venue needs network = testnet or mainnet",
				    x->host);
		if (c->ca_file[0] && !x->loopback)
			return fail(r,
				    "ca_file is for loopback addresses only; %s is judged by the "
				    "system's certificates",
				    x->host);
	}
	for (int i = 0; i < c->n_accounts; i++)
		if (!c->account[i].address[0])
			return fail(r, "[account %s] has no address", c->account[i].name);
	return true;
}

void conf_defaults(struct conf *c)
{
	memset(c, 0, sizeof *c);
	c->network = NET_PAPER;
	c->log_level = LOG_NOTE;
	panic_defaults(&c->panic);
}

bool conf_read_text(struct conf *c, const char *name, const char *text, struct err *e)
{
	struct reader r = {.c = c, .name = name, .text = text, .e = e};
	int bad;

	conf_defaults(c);
	bad = ini_parse_stream(next_line, &r, on_pair, &r);
	if (!r.failed && bad > 0) {
		r.line = bad;
		fail(&r, "the line is neither [section], key = value nor a comment");
	}
	if (!r.failed)
		judge(&r);
	return !r.failed;
}

bool conf_read(struct conf *c, const char *path, bool must_exist, struct err *e)
{
	char *text;
	struct stat st;
	ssize_t n;
	bool ok;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 && errno == ENOENT && !must_exist) {
		ok = conf_read_text(c, "defaults", "", e);
		return ok;
	}
	if (fd < 0 || fstat(fd, &st) != 0) {
		err_set(e, ERR_CONF, "cannot read %.200s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (!S_ISREG(st.st_mode) || (st.st_uid != geteuid() && st.st_uid != 0) ||
	    (st.st_mode & 022)) {
		close(fd);
		return err_set(e, ERR_CONF,
			       "%.200s must be a file of yours that nobody else may write (chmod "
			       "go-w)",
			       path);
	}
	text = calloc(1, CONF_BYTES_MAX + 1);
	ASSERT(text);
	n = read(fd, text, CONF_BYTES_MAX + 1);
	close(fd);
	if (n < 0 || n > CONF_BYTES_MAX || memchr(text, 0, (size_t)n)) {
		free(text);
		return err_set(e, ERR_CONF, "%.200s is not a text of at most %d bytes", path,
			       CONF_BYTES_MAX);
	}
	ok = conf_read_text(c, path, text, e);
	free(text);
	snprintf(c->path, sizeof c->path, "%s", path);
	return ok;
}

uint8_t conf_key_slots(const struct conf *c, const char *label[ACCOUNTS_MAX],
		       uint8_t slot_of[ACCOUNTS_MAX])
{
	uint8_t n = 0;

	for (uint8_t i = 0; i < c->n_accounts; i++) {
		uint8_t s = 0;
		slot_of[i] = 0xff;
		if (!c->account[i].key[0])
			continue;
		while (s < n && strcmp(label[s], c->account[i].key))
			s++;
		if (s == n)
			label[n++] = c->account[i].key;
		slot_of[i] = s;
	}
	return n;
}

void conf_print(const struct conf *c, struct buf *out)
{
	static const char *const names[] = {"paper", "testnet", "mainnet"};
	char text[160];

	url_text(&c->url, text);
	buf_printf(out, "[venue hyperliquid]\nnetwork = %s\nurl = %s\n", names[c->network], text);
	if (c->n_endpoints) {
		buf_puts(out, "endpoints =");
		for (int i = 0; i < c->n_endpoints; i++) {
			url_text(&c->endpoint[i], text);
			buf_printf(out, " %s", text);
		}
		buf_putc(out, '\n');
	}
	if (c->ca_file[0])
		buf_printf(out, "ca_file = %s\n", c->ca_file);
	for (int i = 0; i < c->n_accounts; i++) {
		const struct conf_account *a = &c->account[i];
		buf_printf(out, "\n[account %s]\nvenue = hyperliquid\naddress = %s\n", a->name,
			   a->address);
		if (a->key[0])
			buf_printf(out, "key = %s\n", a->key);
		if (a->vault)
			buf_puts(out, "vault = yes\n");
		for (int d = 0; d < a->n_dexes; d++)
			buf_printf(out, "%s%s%s", d ? " " : "dexes = ", a->dex[d],
				   d + 1 == a->n_dexes ? "\n" : "");
	}
}
