#pragma once
#include <stdint.h>
/* How often malloc(3) and its kin were called in this program, which this file's definitions stand before. */
uint64_t sw_allocation_count(void);
