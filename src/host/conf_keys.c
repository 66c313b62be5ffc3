/* conf_keys.c: the keys of the configuration as one table, and what each one's value may be. */
#include "host/conf_in.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "core/cmd.h"
#include "core/grammar.h"
#include "host/log.h"

static bool set_network(struct reader *r, const char *v, struct err *why)
{
	static const char *const names[] = {"paper", "testnet", "mainnet"};

	for (uint8_t i = 0; i < COUNT_OF(names); i++) {
		if (!strcmp(v, names[i])) {
			r->c->network = i;
			return true;
		}
	}
	return err_set(why, ERR_CONF, "it is not a network");
}

static bool set_url(struct reader *r, const char *v, struct err *why)
{
	return url_parse(&r->c->url, v, why);
}

static bool set_endpoints(struct reader *r, const char *v, struct err *why)
{
	while (*v) {
		char one[200];
		size_t n;
		v += strspn(v, " ,\t");
		n = strcspn(v, " ,\t");
		if (!n)
			break;
		if (r->c->n_endpoints == CONF_ENDPOINTS)
			return err_set(why, ERR_CONF, "more than %d endpoints", CONF_ENDPOINTS);
		snprintf(one, sizeof one, "%.*s", (int)n, v);
		if (!url_parse(&r->c->endpoint[r->c->n_endpoints], one, why))
			return false;
		r->c->n_endpoints++;
		v += n;
	}
	return true;
}

static bool text_set(char *out, size_t cap, const char *v, struct err *why)
{
	if (strlen(v) >= cap)
		return err_set(why, ERR_CONF, "it is longer than %zu characters", cap - 1);
	snprintf(out, cap, "%s", v);
	return true;
}

static bool set_ca_file(struct reader *r, const char *v, struct err *why)
{
	return text_set(r->c->ca_file, sizeof r->c->ca_file, v, why);
}

static bool set_acc_venue(struct reader *r, const char *v, struct err *why)
{
	(void)r;
	return !strcmp(v, "hyperliquid") || err_set(why, ERR_CONF, "there is no such venue yet");
}

static bool set_acc_address(struct reader *r, const char *v, struct err *why)
{
	char *a = r->account->address;

	if (strlen(v) != 42 || v[0] != '0' || v[1] != 'x')
		return err_set(why, ERR_CONF, "it is not an address");
	for (int i = 0; i < 43; i++) {
		char c = v[i];
		if (i >= 2 && i < 42 &&
		    !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
			return err_set(why, ERR_CONF, "digit %d is not hexadecimal", i - 1);
		a[i] = c >= 'A' && c <= 'F' ? (char)(c + 32) : c;
	}
	return true;
}

static bool set_acc_key(struct reader *r, const char *v, struct err *why)
{
	return text_set(r->account->key, sizeof r->account->key, v, why);
}

static bool yes_no(bool *out, const char *v, struct err *why)
{
	if (strcmp(v, "yes") && strcmp(v, "no"))
		return err_set(why, ERR_CONF, "it is neither yes nor no");
	*out = !strcmp(v, "yes");
	return true;
}

static bool set_acc_vault(struct reader *r, const char *v, struct err *why)
{
	return yes_no(&r->account->vault, v, why);
}

static bool set_acc_dexes(struct reader *r, const char *v, struct err *why)
{
	struct conf_account *a = r->account;

	while (*v) {
		size_t n;
		v += strspn(v, " ,\t");
		n = strcspn(v, " ,\t");
		if (!n)
			break;
		if (a->n_dexes == COUNT_OF(a->dex))
			return err_set(why, ERR_CONF, "more than %zu dexes", COUNT_OF(a->dex));
		if (n >= sizeof a->dex[0])
			return err_set(why, ERR_CONF, "%.*s is no dex name", (int)n, v);
		snprintf(a->dex[a->n_dexes++], sizeof a->dex[0], "%.*s", (int)n, v);
		v += n;
	}
	return true;
}

static bool percent(struct ratio *out, const char *v, struct err *why)
{
	struct ratio r;

	if (!gram_percent(&r, v, why))
		return false;
	if (r.v <= 0 || r.v > 10000000000000)
		return err_set(why, ERR_CONF, "it is not above 0 %% and up to 1000 %%");
	*out = r;
	return true;
}

static bool usd(struct money *out, const char *v, struct err *why)
{
	struct size z;

	if (!gram_size(&z, v, NULL, why))
		return false;
	if (z.unit != SIZE_USD)
		return err_set(why, ERR_CONF, "it is not an amount in USD");
	*out = z.usd;
	return true;
}

static bool set_caps_order(struct reader *r, const char *v, struct err *why)
{
	return usd(&r->c->caps.order, v, why);
}

static bool set_caps_session(struct reader *r, const char *v, struct err *why)
{
	return usd(&r->c->caps.session, v, why);
}

static bool set_caps_minute(struct reader *r, const char *v, struct err *why)
{
	return usd(&r->c->caps.minute, v, why);
}

static bool set_caps_hedge(struct reader *r, const char *v, struct err *why)
{
	return usd(&r->c->caps.hedge, v, why);
}

static bool set_exit_danger(struct reader *r, const char *v, struct err *why)
{
	return percent(&r->c->exit.risk, v, why);
}

static bool set_exit_cap(struct reader *r, const char *v, struct err *why)
{
	if (!percent(&r->c->exit.cap, v, why))
		return false;
	return r->c->exit.cap.v <= 250000000000 ||
	       err_set(why, ERR_CONF, "the hard limit is 25 %%");
}

static bool set_exit_random(struct reader *r, const char *v, struct err *why)
{
	struct ratio x;

	if (!gram_percent(&x, v, why))
		return false;
	if (x.v < 0 || x.v > 500000000000)
		return err_set(why, ERR_CONF, "it is not from 0 %% to 50 %%");
	r->c->exit.random = x;
	r->c->exit.random_set = true;
	return true;
}

static bool set_exit_depth(struct reader *r, const char *v, struct err *why)
{
	if (!percent(&r->c->exit.depth, v, why))
		return false;
	return (r->c->exit.depth.v > 0 && r->c->exit.depth.v <= 1000000000000) ||
	       err_set(why, ERR_CONF, "it is not above 0 %% and at most 100 %%");
}

static bool set_exit_place(struct reader *r, const char *v, struct err *why)
{
	static const char *const names[] = {"cross", "post", "chase", "post-cross", "quotes"};

	for (uint8_t i = 0; i < COUNT_OF(names); i++) {
		if (!strcmp(v, names[i])) {
			r->c->exit.place = i;
			r->c->exit.place_set = true;
			return true;
		}
	}
	return err_set(why, ERR_CONF, "it is not a placement");
}

static bool set_exit_post_for(struct reader *r, const char *v, struct err *why)
{
	return gram_duration(&r->c->exit.post_for_ms, v, why);
}

static bool whole(uint32_t *out, const char *v, uint32_t max, struct err *why)
{
	uint32_t n = 0;

	if (!*v || strlen(v) > 9 || v[strspn(v, "0123456789")])
		return err_set(why, ERR_CONF, "it is not a whole number");
	for (; *v; v++)
		n = n * 10 + (uint32_t)(*v - '0');
	if (!n || n > max)
		return err_set(why, ERR_CONF, "it is not from 1 to %u", max);
	*out = n;
	return true;
}

static bool set_exit_chase(struct reader *r, const char *v, struct err *why)
{
	uint32_t n;

	if (!whole(&n, v, 100, why))
		return false;
	r->c->exit.chase_max = (uint16_t)n;
	return true;
}

static bool set_exit_give_up(struct reader *r, const char *v, struct err *why)
{
	return percent(&r->c->exit.chase_give_up, v, why);
}

static bool set_ui_theme(struct reader *r, const char *v, struct err *why)
{
	return text_set(r->c->theme, sizeof r->c->theme, v, why);
}

static bool set_ui_keys(struct reader *r, const char *v, struct err *why)
{
	return text_set(r->c->keys, sizeof r->c->keys, v, why);
}

static bool set_exit_priors(struct reader *r, const char *v, struct err *why)
{
	if (v[0] != '/')
		return err_set(why, ERR_CONF, "it is not an absolute path");
	return text_set(r->c->exit.priors, sizeof r->c->exit.priors, v, why);
}

static bool set_ui_repaint(struct reader *r, const char *v, struct err *why)
{
	return whole(&r->c->repaint_hz, v, 30, why);
}

static bool set_alarm_hook(struct reader *r, const char *v, struct err *why)
{
	if (v[0] != '/')
		return err_set(why, ERR_CONF, "it is not an absolute path");
	return text_set(r->c->hook, sizeof r->c->hook, v, why);
}

static bool set_log_level(struct reader *r, const char *v, struct err *why)
{
	static const char *const names[] = {"error", "warn", "note", "debug"};

	for (int i = 0; i < (int)COUNT_OF(names); i++) {
		if (!strcmp(v, names[i])) {
			r->c->log_level = i;
			return true;
		}
	}
	return err_set(why, ERR_CONF, "it is not a level");
}

static bool set_key_idle(struct reader *r, const char *v, struct err *why)
{
	return gram_duration(&r->c->key_idle_ms, v, why);
}

const struct conf_row conf_rows[] = {
	{S_VENUE, "network", set_network, "paper, testnet or mainnet"},
	{S_VENUE, "url", set_url, "https://HOST[:PORT]; http only to 127.0.0.1 with paper"},
	{S_VENUE, "endpoints", set_endpoints, "up to 4 addresses like url, for actions"},
	{S_VENUE, "ca_file", set_ca_file, "a PEM file; loopback addresses only"},
	{S_ACCOUNT, "venue", set_acc_venue, "hyperliquid"},
	{S_ACCOUNT, "address", set_acc_address, "0x and 40 hexadecimal digits"},
	{S_ACCOUNT, "key", set_acc_key, "a label of 'exeunt key list'"},
	{S_ACCOUNT, "vault", set_acc_vault, "yes or no"},
	{S_ACCOUNT, "dexes", set_acc_dexes, "names of builder dexes"},
	{S_CAPS, "order", set_caps_order, "an amount, like 25000USD"},
	{S_CAPS, "session", set_caps_session, "an amount, like 100kUSD"},
	{S_CAPS, "minute", set_caps_minute, "an amount, like 50kUSD"},
	{S_CAPS, "hedge", set_caps_hedge, "an amount, like 100kUSD"},
	{S_EXIT, "danger_limit", set_exit_danger, "a share, like 1%"},
	{S_EXIT, "participation", set_exit_cap, "a share up to 25%"},
	{S_EXIT, "random", set_exit_random, "a share from 0% to 50%"},
	{S_EXIT, "depth", set_exit_depth, "a share of the visible depth, up to 100%"},
	{S_EXIT, "place", set_exit_place, "cross, post, chase, post-cross or quotes"},
	{S_EXIT, "post_for", set_exit_post_for, "a duration, like 7s"},
	{S_EXIT, "chase_reprices", set_exit_chase, "a number from 1 to 100"},
	{S_EXIT, "chase_give_up", set_exit_give_up, "a distance, like 5bp"},
	{S_EXIT, "priors", set_exit_priors, "an absolute path of a file of 'exeunt calibrate'"},
	{S_UI, "theme", set_ui_theme, "a name of themes/ or a path"},
	{S_UI, "keys", set_ui_keys, "a name of keys/ or a path"},
	{S_UI, "repaint_hz", set_ui_repaint, "a number from 1 to 30"},
	{S_ALARM, "hook", set_alarm_hook, "an absolute path of a program"},
	{S_LOG, "level", set_log_level, "error, warn, note or debug"},
	{S_KEYS, "idle", set_key_idle, "a duration, like 8h"},
};

const size_t conf_n_rows = COUNT_OF(conf_rows);
