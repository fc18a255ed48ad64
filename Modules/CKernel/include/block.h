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

/* Commands that pass through the kernel to the device: -1 and errno where the kernel refused it. */

/* NVME_IOCTL_ADMIN_CMD (linux/nvme_ioctl.h). The status field of the completion, 0 for success. */
struct sw_nvme_command {
    uint8_t opcode;
    uint32_t nsid, cdw10;
    void *data;
    uint32_t length, timeout_ms;
};
int sw_nvme_admin(int fd, const struct sw_nvme_command *command);
int sw_nvme_namespace(int fd);

/* SG_IO (scsi/sg.h). 0 and the answer filled in. */
struct sw_scsi_command {
    const uint8_t *cdb;
    uint8_t cdb_length;
    int to_device; /* which way the data goes; none where its length is 0 */
    void *data;
    uint32_t length, timeout_ms;
};
struct sw_scsi_answer {
    uint8_t status; /* SAM: 0 good, 2 check condition */
    uint16_t host;
    uint8_t sense_length;
    uint8_t sense[64];
};
int sw_scsi(int fd, const struct sw_scsi_command *command, struct sw_scsi_answer *answer);

/* BLKDISCARD, BLKZEROOUT and BLKSECDISCARD of a range, in bytes; BLKFLSBUF. */
enum sw_block_range { SW_BLOCK_DISCARD, SW_BLOCK_ZERO, SW_BLOCK_SECURE_DISCARD };
int sw_block_range(int fd, enum sw_block_range request, uint64_t start, uint64_t length);
/* Whether the device has secure discard: asked with no range, which is looked at only where it has (blk_ioctl_secure_erase). */
int sw_has_secure_discard(int fd);
int sw_flush_buffers(int fd);

/* DM_DEV_REMOVE of a volume by its name, on /dev/mapper/control (linux/dm-ioctl.h); STOP_ARRAY on an array's node (linux/raid/md_u.h). */
int sw_dm_remove(int control, const char *name);
int sw_md_stop(int array);

/* memfd_create(2), close-on-exec: a file in memory, of no bytes. */
int sw_anonymous_file(const char *name);

/* BLKGETDISKSEQ (5.15 and later). */
int sw_disk_sequence(int fd, uint64_t *sequence);

#endif
