/* admin.h: what the words of POST /paper share. Each returns false with p->why set when the object
 * does not say it right. */
#ifndef EXEUNT_PAPER_ADMIN_H
#define EXEUNT_PAPER_ADMIN_H

#include "paper/state.h"

bool admin_no(struct paper *p, const char *why); /* sets why; always false */
/* The account meant: "user", or the first that was funded by name; NULL: none. */
struct acct *admin_user(struct paper *p, const struct jv *root);
/* A coin's name under `key`; -1: none, -2: "*", all of them. */
int32_t admin_coin(struct paper *p, const struct jv *root, const char *key);
/* A decimal in quotes, or a whole number, at 1e-8; may be negative. */
bool admin_num(const struct jv *root, const char *key, int64_t *out);
int32_t admin_int(const struct jv *root, const char *key, int32_t otherwise);
bool admin_yes(const struct jv *root, const char *key, bool otherwise);

/* admin_world.c, hand.c, flood.c */
bool admin_post_only(struct paper *p, const struct jv *root);
bool admin_budget(struct paper *p, const struct jv *root);
bool admin_agent_expiry(struct paper *p, const struct jv *root);
bool admin_litter(struct paper *p, const struct jv *root);
bool admin_cover(struct paper *p, const struct jv *root);
bool admin_dust(struct paper *p, const struct jv *root);
bool admin_equity(struct paper *p, const struct jv *root);
bool admin_depth(struct paper *p, const struct jv *root);
bool admin_oracle(struct paper *p, const struct jv *root);
bool admin_external(struct paper *p, const struct jv *root);
bool admin_funding(struct paper *p, const struct jv *root);
bool admin_liquidator(struct paper *p, const struct jv *root);
bool admin_adl(struct paper *p, const struct jv *root);
bool admin_reduce_only(struct paper *p, const struct jv *root);
bool admin_cover_rule(struct paper *p, const struct jv *root);
bool admin_min_rule(struct paper *p, const struct jv *root);
bool admin_hand(struct paper *p, const struct jv *root);
bool admin_runner(struct paper *p, const struct jv *root);
bool admin_hunter(struct paper *p, const struct jv *root);
/* Rests at the touch of its side. False: refused. */
bool hand_join(struct paper *p, struct acct *a, uint16_t coin, bool buy, int64_t sz);
/* A market order up to 3 % through the mid; false: nothing of it was executed. */
bool hand_market(struct paper *p, struct acct *a, uint16_t coin, bool buy, int64_t sz);
bool admin_flood(struct paper *p, const struct jv *root);
bool admin_burst(struct paper *p, const struct jv *root);

#endif
