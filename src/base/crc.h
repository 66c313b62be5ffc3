/* crc.h: CRC-32 (IEEE 802.3, reflected), for journal records and messages. */
#ifndef EXEUNT_BASE_CRC_H
#define EXEUNT_BASE_CRC_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32_ieee(const void *bytes, size_t n);

#endif
