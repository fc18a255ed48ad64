#define _GNU_SOURCE
#include "block.h"

#include <errno.h>
#include <linux/blkpg.h>
#include <linux/dm-ioctl.h>
#include <linux/loop.h>
#include <linux/major.h>
#include <linux/nvme_ioctl.h>
#include <linux/raid/md_u.h>
#include <scsi/sg.h>
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

int sw_nvme_admin(int fd, const struct sw_nvme_command *command) {
    struct nvme_admin_cmd raw;
    memset(&raw, 0, sizeof raw);
    raw.opcode = command->opcode;
    raw.nsid = command->nsid;
    raw.addr = (uint64_t)(uintptr_t)command->data;
    raw.data_len = command->length;
    raw.cdw10 = command->cdw10;
    raw.timeout_ms = command->timeout_ms;
    return ioctl(fd, NVME_IOCTL_ADMIN_CMD, &raw);
}

int sw_nvme_namespace(int fd) { return ioctl(fd, NVME_IOCTL_ID); }

int sw_scsi(int fd, const struct sw_scsi_command *command, struct sw_scsi_answer *answer) {
    struct sg_io_hdr raw;
    memset(&raw, 0, sizeof raw);
    memset(answer, 0, sizeof *answer);
    raw.interface_id = 'S';
    raw.dxfer_direction = command->length == 0 ? SG_DXFER_NONE : command->to_device ? SG_DXFER_TO_DEV : SG_DXFER_FROM_DEV;
    raw.cmd_len = command->cdb_length;
    raw.cmdp = (unsigned char *)command->cdb;
    raw.dxfer_len = command->length;
    raw.dxferp = command->data;
    raw.mx_sb_len = sizeof answer->sense;
    raw.sbp = answer->sense;
    raw.timeout = command->timeout_ms;
    int status = ioctl(fd, SG_IO, &raw);
    if (status < 0) return status;
    answer->status = raw.status;
    answer->host = raw.host_status;
    answer->sense_length = raw.sb_len_wr;
    return 0;
}

int sw_block_range(int fd, enum sw_block_range request, uint64_t start, uint64_t length) {
    uint64_t range[2] = {start, length};
    switch (request) {
    case SW_BLOCK_DISCARD: return ioctl(fd, BLKDISCARD, range);
    case SW_BLOCK_ZERO: return ioctl(fd, BLKZEROOUT, range);
    case SW_BLOCK_SECURE_DISCARD: return ioctl(fd, BLKSECDISCARD, range);
    }
    errno = EINVAL;
    return -1;
}

int sw_has_secure_discard(int fd) { return ioctl(fd, BLKSECDISCARD, (void *)0) == 0 || errno == EFAULT; }

int sw_flush_buffers(int fd) { return ioctl(fd, BLKFLSBUF, 0); }

int sw_dm_remove(int control, const char *name) {
    struct dm_ioctl request;
    memset(&request, 0, sizeof request);
    /* The oldest that has it; newer kernels take it (dm_check_version looks at the major alone). */
    request.version[0] = DM_VERSION_MAJOR;
    request.data_size = sizeof request;
    request.data_start = sizeof request;
    if (strlen(name) >= sizeof request.name) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(request.name, name);
    return ioctl(control, DM_DEV_REMOVE, &request);
}

int sw_md_stop(int array) { return ioctl(array, STOP_ARRAY, NULL); }
