#define _GNU_SOURCE
#include "block.h"

#include <errno.h>
#include <linux/blkpg.h>
#include <linux/loop.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

int sw_blkpg(int fd, enum sw_blkpg_operation operation, int number, int64_t start, int64_t length) {
    struct blkpg_partition partition;
    memset(&partition, 0, sizeof partition);
    partition.pno = number;
    partition.start = start;
    partition.length = length;
    struct blkpg_ioctl_arg argument;
    memset(&argument, 0, sizeof argument);
    switch (operation) {
    case SW_BLKPG_ADD: argument.op = BLKPG_ADD_PARTITION; break;
    case SW_BLKPG_DELETE: argument.op = BLKPG_DEL_PARTITION; break;
    case SW_BLKPG_RESIZE: argument.op = BLKPG_RESIZE_PARTITION; break;
    default: errno = EINVAL; return -1;
    }
    argument.datalen = sizeof partition;
    argument.data = &partition;
    return ioctl(fd, BLKPG, &argument);
}

int sw_anonymous_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

int sw_loop_get_free(int control) { return ioctl(control, LOOP_CTL_GET_FREE); }

int sw_loop_configure(int loop, int backing, const struct sw_loop_setup *setup) {
    struct loop_config config;
    memset(&config, 0, sizeof config);
    config.fd = (unsigned)backing;
    config.block_size = setup->block_size;
    config.info.lo_offset = setup->offset;
    config.info.lo_sizelimit = setup->size_limit;
    if (setup->read_only) config.info.lo_flags |= LO_FLAGS_READ_ONLY;
    if (setup->autoclear) config.info.lo_flags |= LO_FLAGS_AUTOCLEAR;
    if (setup->direct_io) config.info.lo_flags |= LO_FLAGS_DIRECT_IO;
    if (setup->partitions) config.info.lo_flags |= LO_FLAGS_PARTSCAN;
    strncpy((char *)config.info.lo_file_name, setup->name, LO_NAME_SIZE - 1);
    return ioctl(loop, LOOP_CONFIGURE, &config);
}

int sw_loop_clear(int loop) { return ioctl(loop, LOOP_CLR_FD, 0); }

int sw_disk_sequence(int fd, uint64_t *sequence) { return ioctl(fd, BLKGETDISKSEQ, sequence); }
