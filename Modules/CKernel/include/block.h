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

/* Loop devices (linux/loop.h): LOOP_CTL_GET_FREE on /dev/loop-control, LOOP_CONFIGURE and LOOP_CLR_FD on the device. -1 and errno. */
struct sw_loop_setup {
    uint32_t block_size; /* 0 for 512 */
    uint64_t offset, size_limit;
    int read_only, autoclear, direct_io, partitions;
    const char *name; /* for LOOP_GET_STATUS's readers */
};
int sw_loop_get_free(int control);
int sw_loop_configure(int loop, int backing, const struct sw_loop_setup *setup);
int sw_loop_clear(int loop);

/* memfd_create(2), close-on-exec: a file in memory, of no bytes. */
int sw_anonymous_file(const char *name);

/* BLKGETDISKSEQ (5.15 and later). */
int sw_disk_sequence(int fd, uint64_t *sequence);

#endif
