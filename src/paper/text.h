/* text.h: the venue's words, one table. {…} are filled in order by the arguments of text_put. */
#ifndef EXEUNT_PAPER_TEXT_H
#define EXEUNT_PAPER_TEXT_H

#include "paper/str.h"

/* id, name on the wire, terminal */
#define STATUS_TABLE(X)                                                                            \
	X(OPEN, "open", 0)                                                                         \
	X(FILLED, "filled", 1)                                                                     \
	X(CANCELED, "canceled", 1)                                                                 \
	X(TRIGGERED, "triggered", 0)                                                               \
	X(REJECTED, "rejected", 1)                                                                 \
	X(MARGIN_CANCELED, "marginCanceled", 1)                                                    \
	X(SELF_TRADE_CANCELED, "selfTradeCanceled", 1)                                             \
	X(REDUCE_ONLY_CANCELED, "reduceOnlyCanceled", 1)                                           \
	X(SIBLING_CANCELED, "siblingFilledCanceled", 1)                                            \
	X(LIQUIDATED_CANCELED, "liquidatedCanceled", 1)                                            \
	X(SCHEDULED_CANCEL, "scheduledCancel", 1)                                                  \
	X(TICK_REJECTED, "tickRejected", 1)                                                        \
	X(MIN_REJECTED, "minTradeNtlRejected", 1)                                                  \
	X(MARGIN_REJECTED, "perpMarginRejected", 1)                                                \
	X(REDUCE_ONLY_REJECTED, "reduceOnlyRejected", 1)                                           \
	X(ALO_REJECTED, "badAloPxRejected", 1)                                                     \
	X(IOC_REJECTED, "iocCancelRejected", 1)                                                    \
	X(TRIGGER_REJECTED, "badTriggerPxRejected", 1)                                             \
	X(MARKET_REJECTED, "marketOrderNoLiquidityRejected", 1)                                    \
	X(OI_CAP_REJECTED, "positionIncreaseAtOpenInterestCapRejected", 1)                         \
	X(OI_FLIP_REJECTED, "positionFlipAtOpenInterestCapRejected", 1)                            \
	X(OI_PRICE_REJECTED, "tooAggressiveAtOpenInterestCapRejected", 1)                          \
	X(MAX_POSITION_REJECTED, "perpMaxPositionRejected", 1)                                     \
	X(TOO_MANY_REJECTED, "tooManyOpenOrdersRejected", 1)

enum status {
#define X(id, name, end) ST_##id,
	STATUS_TABLE(X)
#undef X
};

const char *status_name(enum status s);
int status_is_end(enum status s);

/* id, status of the order it refuses, text */
#define TEXT_TABLE(X)                                                                              \
	X(TICK, TICK_REJECTED, "Price must be divisible by tick size. asset={asset}")              \
	X(MIN, MIN_REJECTED, "Order must have minimum value of $10. asset={asset}")                \
	X(MARGIN, MARGIN_REJECTED, "Insufficient margin to place order. asset={asset}")            \
	X(REDUCE_ONLY, REDUCE_ONLY_REJECTED,                                                       \
	  "Reduce only order would increase position. asset={asset}")                              \
	X(ALO, ALO_REJECTED,                                                                       \
	  "Post only order would have immediately matched, bbo was {bid}@{ask}. asset={asset}")    \
	X(IOC, IOC_REJECTED,                                                                       \
	  "Order could not immediately match against any resting orders. asset={asset}")           \
	X(TRIGGER, TRIGGER_REJECTED, "Invalid TP/SL price. asset={asset}")                         \
	X(MARKET, MARKET_REJECTED, "No liquidity available for market order. asset={asset}")       \
	X(OI_CAP, OI_CAP_REJECTED,                                                                 \
	  "Order would increase open interest while open interest is capped asset={asset}")        \
	X(OI_PRICE, OI_PRICE_REJECTED,                                                             \
	  "Order rejected due to price more aggressive than oracle while at open interest cap "    \
	  "asset={asset}")                                                                         \
	X(MAX_POSITION, MAX_POSITION_REJECTED,                                                     \
	  "Order would cause position to exceed margin tier limit at current leverage "            \
	  "asset={asset}")                                                                         \
	X(TOO_MANY, TOO_MANY_REJECTED, "Too many open orders. asset={asset}")                      \
	X(POST_ONLY, REJECTED,                                                                     \
	  "Only post-only orders allowed immediately after a network upgrade")                     \
	X(BAD_MODIFY, REJECTED, "Attempted to modify to invalid new order")                        \
	X(BAND, REJECTED, "Order price cannot be more than 95% away from the reference price")     \
	X(TOO_LARGE, REJECTED, "Order value too large. Max is ${max}.")                            \
	X(ZERO_SIZE, REJECTED, "Order has zero size.")                                             \
	X(BAD_SIZE, REJECTED, "Order has invalid size.")                                           \
	X(BAD_PRICE, REJECTED, "Order has invalid price.")                                         \
	X(BAD_ASSET, REJECTED, "Order has invalid asset.")                                         \
	X(EMPTY, REJECTED, "Orders are empty.")                                                    \
	X(CHILD_NOT_RO, REJECTED, "TP/SL order must be reduce-only.")                              \
	X(FULL, REJECTED, "Too many users.")                                                       \
	X(GONE, REJECTED, "Order was never placed, already canceled, or filled. asset={asset}")    \
	X(MODIFY_GONE, REJECTED, "Cannot modify canceled or filled order")                         \
	X(LEV_SWITCH, REJECTED, "Cannot switch leverage type with open position.")                 \
	X(LEV_VALUE, REJECTED, "Invalid leverage value")                                           \
	X(NO_CROSS, REJECTED, "Cross margin is not allowed for this asset.")                       \
	X(LEV_ISOLATED, REJECTED,                                                                  \
	  "Isolated position does not have sufficient margin available to decrease leverage. To "  \
	  "decrease leverage, add margin to the position.")                                        \
	X(NOT_ISOLATED, REJECTED, "Position does not use isolated margin.")                        \
	X(NOT_STRICT, REJECTED, "Asset not strict isolated")                                       \
	X(ISOLATED_MARGIN, REJECTED, "Insufficient margin to update isolated margin.")             \
	X(SCHEDULE_VOLUME, REJECTED,                                                               \
	  "Cannot set scheduled cancel time until enough volume traded. Required: ${required}. "   \
	  "Traded: ${traded}.")                                                                    \
	X(SCHEDULE_EARLY, REJECTED,                                                                \
	  "Scheduled cancel time too early, must be at least 5 seconds from now.")                 \
	X(TWAP_DURATION, REJECTED, "Invalid TWAP duration: {m} min(s)")                            \
	X(TWAP_GONE, REJECTED, "TWAP was never placed, already canceled, or filled.")              \
	X(TWAP_REDUCE, REJECTED, "Reduce-only TWAP order would increase position.")                \
	X(TWAP_SMALL, REJECTED, "TWAP order value too small. Min is $100.")                        \
	X(EXPIRED, REJECTED, "Action already expired")                                             \
	X(NONCE_DUP, REJECTED, "Invalid nonce: duplicate nonce {nonce}")                           \
	X(NONCE_LOW, REJECTED, "Invalid nonce: nonce too low {nonce} < {floor}")                   \
	X(NONCE_HIGH, REJECTED, "Invalid nonce: nonce too high {nonce} > {ceiling}")               \
	X(NONCE_MISMATCH, REJECTED, "Nonce mismatch.")                                             \
	X(NO_SIGNER, REJECTED, "Unable to recover signer.")                                        \
	X(WRONG_CHAIN, REJECTED, "Mainnet and testnet require different signature.")               \
	X(NO_USER, REJECTED, "User or API Wallet {address} does not exist.")                       \
	X(MUST_DEPOSIT, REJECTED, "Must deposit before performing actions. User: {address}")       \
	X(NO_VAULT, REJECTED, "Vault not registered: {address}")                                   \
	X(TOO_MANY_REQUESTS, REJECTED,                                                             \
	  "Too many cumulative requests sent ({used} > {cap}) for cumulative volume traded "       \
	  "${volume}. Place taker orders to free up 1 request per USDC traded.")                   \
	X(TOO_MANY_AGENTS, REJECTED,                                                               \
	  "Too many extra agents for cumulative volume traded. Current limit is 3")                \
	X(AGENT_USED, REJECTED, "Extra agent already used.")                                       \
	X(AGENT_EXPIRED, REJECTED, "Agent valid_until already expired.")                           \
	X(NO_BUILDER, REJECTED, "Builder fee has not been approved")                               \
	X(NO_WITHDRAWAL, REJECTED, "Insufficient balance for withdrawal")                          \
	X(NO_BALANCE, REJECTED, "Insufficient balance for token transfer")                         \
	X(BAD_DECIMAL, REJECTED, "Invalid decimal number")                                         \
	X(ZERO_SEND, REJECTED, "Send amount cannot be zero")                                       \
	X(BAD_DECIMALS, REJECTED, "Invalid number of decimals")                                    \
	X(WS_PARSE, REJECTED, "Error parsing JSON into valid websocket request: {frame}")          \
	X(WS_TWICE, REJECTED, "Already subscribed: {subscription}")                                \
	X(WS_NOT, REJECTED, "Already unsubscribed: {subscription}")                                \
	X(WS_INVALID, REJECTED, "Invalid subscription {subscription}")                             \
	X(WS_USERS, REJECTED, "Cannot track more than 15 total users.")                            \
	X(WS_POSTS, REJECTED, "too many pending post requests id={id}")                            \
	X(HTTP_PARSE, REJECTED, "Failed to parse the request body as JSON")                        \
	X(HTTP_SCHEMA, REJECTED, "Failed to deserialize the JSON body into the target type")       \
	X(HTTP_TYPE, REJECTED, "Expected request with `Content-Type: application/json`")           \
	X(HTTP_NULL, REJECTED, "null")

enum text {
	TX_NONE,
#define X(id, status, text) TX_##id,
	TEXT_TABLE(X)
#undef X
		TX_COUNT
};

const char *text_of(enum text t); /* with its placeholders */
enum status text_status(enum text t);
/* Appends the text (unquoted, unescaped); a, b, c replace the placeholders in order. */
void text_put(struct str *s, enum text t, const char *a, const char *b, const char *c);

#endif
