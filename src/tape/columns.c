/* columns.c: the table of columns.h. */
#include "tape/columns.h"

const char *const tape_column_name[TAPE_COLUMNS] = {
	[TAPE_RECEIVED] = "timestamp",
	[TAPE_SEQUENCE] = "sequence",
	[TAPE_EXCHANGE_MS] = "exchange_timestamp",
	[TAPE_PRICE] = "price",
	[TAPE_SIZE] = "size",
	[TAPE_SIDE] = "side",
	[TAPE_TRADE_ID] = "trade_id",
};

const char *const tape_level_name[TAPE_CELLS] = {
	[TAPE_BID_PRICE] = "bid_price_",
	[TAPE_BID_SIZE] = "bid_size_",
	[TAPE_ASK_PRICE] = "ask_price_",
	[TAPE_ASK_SIZE] = "ask_size_",
};

const struct tape_form tape_forms[TAPE_FILES] = {
	[TAPE_ORDERBOOKS] = {.prefix = "orderbooks",
			     .levels = TAPE_LEVELS,
			     .n = 3,
			     .col = {TAPE_RECEIVED, TAPE_SEQUENCE, TAPE_EXCHANGE_MS}},
	[TAPE_TRADES] = {.prefix = "trades",
			 .n = 6,
			 .col = {TAPE_RECEIVED, TAPE_PRICE, TAPE_SIZE, TAPE_SIDE, TAPE_TRADE_ID,
				 TAPE_EXCHANGE_MS},
			 .side = {"buy", "sell"}},
	[TAPE_PRICES] = {.prefix = "prices",
			 .may_lack = true,
			 .n = 5,
			 .col = {TAPE_RECEIVED, TAPE_PRICE, TAPE_SIZE, TAPE_SIDE, TAPE_EXCHANGE_MS},
			 .side = {"bid", "ask"}},
};

void tape_header(struct buf *b, enum tape_file file)
{
	const struct tape_form *f = &tape_forms[file];

	for (uint32_t i = 0; i < f->n; i++)
		buf_printf(b, "%s%s", i ? "," : "", tape_column_name[f->col[i]]);
	for (uint32_t k = 0; k < f->levels; k++)
		for (int c = 0; c < TAPE_CELLS; c++)
			buf_printf(b, ",%s%u", tape_level_name[c], k);
	buf_puts(b, "\n");
}
