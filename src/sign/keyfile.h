/* keyfile.h: Ethereum keystore V3: text to key and back. No files and no randomness here. */
#ifndef EXEUNT_SIGN_KEYFILE_H
#define EXEUNT_SIGN_KEYFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum {
	KEYFILE_BYTES_MAX = 16 << 10, /* a keystore file is below 1 kB */
	KEYFILE_N_LOG2 = 18,	      /* scrypt N of new files: 256 MiB, about 0.7 s */
	KEYFILE_N_LOG2_LIGHT = 17,
	PASSWORD_MAX = 1024, /* bytes */
};

struct keyfile_info {
	uint8_t address[20];
	bool has_address;  /* the file names it; after keyfile_read it is always set */
	uint8_t key_bytes; /* 32, or 30 and 31 in old files: padded on the left, worth a warning */
};

/* Decrypts. Work is bounded before it starts: scrypt n up to 2^20, r and p up to 16, 1 GiB; PBKDF2
 * up to 10^7 rounds. ERR_KEY: wrong password or damaged; ERR_ARG: not a file this reads. */
bool keyfile_read(uint8_t key[32], struct keyfile_info *info, const char *json, size_t n,
		  const void *password, size_t password_n, struct err *e);
/* What can be said without the password. */
bool keyfile_peek(struct keyfile_info *info, const char *json, size_t n, struct err *e);

/* Entropy for one new file, given by the caller. */
struct keyfile_salt {
	uint8_t salt[32], iv[16], uuid[16];
};
bool keyfile_write(struct buf *out, const uint8_t key[32], const struct keyfile_salt *rnd,
		   int n_log2, const void *password, size_t password_n, struct err *e);

#endif
