/* Block devices: linux/fs.h's requests, whose macros Swift does not import, and the partitions that the kernel keeps. */
#ifndef SLIPWAY_BLOCK_H
#define SLIPWAY_BLOCK_H

#include <linux/fs.h>
#include <stddef.h>
#include <stdint.h>

static const unsigned long SW_BLKGETSIZE64 = BLKGETSIZE64;
static const unsigned long SW_BLKSSZGET = BLKSSZGET;
static const unsigned long SW_BLKPBSZGET = BLKPBSZGET;
static const unsigned long SW_BLKIOOPT = BLKIOOPT;
static const unsigned long SW_BLKROGET = BLKROGET;

enum sw_blkpg_operation { SW_BLKPG_ADD, SW_BLKPG_DELETE, SW_BLKPG_RESIZE };

/* BLKPG (linux/blkpg.h) on a whole disk's descriptor: start and length in bytes. 0, or -1 and errno. */
int sw_blkpg(int fd, enum sw_blkpg_operation operation, int number, int64_t start, int64_t length);

#endif
