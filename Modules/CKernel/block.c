#include "block.h"

#include <errno.h>
#include <linux/blkpg.h>
#include <string.h>
#include <sys/ioctl.h>

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
