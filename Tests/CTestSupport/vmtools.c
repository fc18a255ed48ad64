#define _GNU_SOURCE 1
#include "CTestSupport.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Debian's libvmtools, loaded when it is asked for: open-vm-tools' own code for the packets of guest RPC (dataMap.h, simpleSocket.h). */
static struct {
    int is_there;
    int (*create)(void *map);
    int (*destroy)(void *map);
    int (*set_number)(void *map, int id, int64_t value, int8_t replace);
    int (*set_string)(void *map, int id, char *text, int size, int8_t replace);
    int (*set_numbers)(void *map, int id, int64_t *numbers, int count, int8_t replace);
    int (*set_strings)(void *map, int id, char **texts, int *sizes, int8_t replace);
    int (*serialize)(const void *map, char **bytes, uint32_t *size);
    int (*deserialize)(const char *content, int size, void *map);
    int (*receive)(int fd, char **payload, int *size);
    int (*send)(int fd, const char *payload, int size);
} vmtools;

static void load(void) {
    void *library = dlopen("libvmtools.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    *(void **)&vmtools.create = dlsym(library, "DataMap_Create");
    *(void **)&vmtools.destroy = dlsym(library, "DataMap_Destroy");
    *(void **)&vmtools.set_number = dlsym(library, "DataMap_SetInt64");
    *(void **)&vmtools.set_string = dlsym(library, "DataMap_SetString");
    *(void **)&vmtools.set_numbers = dlsym(library, "DataMap_SetInt64List");
    *(void **)&vmtools.set_strings = dlsym(library, "DataMap_SetStringList");
    *(void **)&vmtools.serialize = dlsym(library, "DataMap_Serialize");
    *(void **)&vmtools.deserialize = dlsym(library, "DataMap_DeserializeContent");
    *(void **)&vmtools.receive = dlsym(library, "Socket_RecvPacket");
    *(void **)&vmtools.send = dlsym(library, "Socket_SendPacket");
    vmtools.is_there = vmtools.create && vmtools.destroy && vmtools.set_number && vmtools.set_string
        && vmtools.set_numbers && vmtools.set_strings && vmtools.serialize && vmtools.deserialize && vmtools.receive
        && vmtools.send;
}
int sw_vmtools(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return vmtools.is_there;
}

int sw_datamap_new(struct sw_datamap *map) { return vmtools.create(map); }
void sw_datamap_free(struct sw_datamap *map) { vmtools.destroy(map); }
int sw_datamap_set_number(struct sw_datamap *map, uint32_t id, int64_t value) {
    return vmtools.set_number(map, (int)id, value, 1);
}

/* What is set is the map's from then on. */
static char *copied(const void *bytes, size_t size) {
    char *copy = malloc(size ? size : 1);
    if (copy && size) memcpy(copy, bytes, size);
    return copy;
}
int sw_datamap_set_string(struct sw_datamap *map, uint32_t id, const uint8_t *bytes, size_t size) {
    return vmtools.set_string(map, (int)id, copied(bytes, size), (int)size, 1);
}
int sw_datamap_set_numbers(struct sw_datamap *map, uint32_t id, const int64_t *numbers, size_t count) {
    return vmtools.set_numbers(map, (int)id, (int64_t *)copied(numbers, count * sizeof *numbers), (int)count, 1);
}
int sw_datamap_set_strings(struct sw_datamap *map, uint32_t id, const uint8_t *bytes, const int32_t *sizes, size_t count) {
    char **texts = calloc(count + 1, sizeof *texts);
    int *lengths = malloc((count + 1) * sizeof *lengths);
    for (size_t i = 0; i < count; i++) {
        texts[i] = copied(bytes, (size_t)sizes[i]);
        lengths[i] = sizes[i];
        bytes += sizes[i];
    }
    return vmtools.set_strings(map, (int)id, texts, lengths, 1);
}
long sw_datamap_bytes(const struct sw_datamap *map, uint8_t *to, size_t room) {
    char *bytes = 0;
    uint32_t size = 0;
    if (vmtools.serialize(map, &bytes, &size) != 0) return -1;
    if (size <= room) memcpy(to, bytes, size);
    free(bytes);
    return size;
}
int sw_datamap_read(struct sw_datamap *map, const uint8_t *content, size_t size) {
    return vmtools.deserialize((const char *)content, (int)size, map);
}

long sw_vmtools_receive(int fd, uint8_t *to, size_t room) {
    char *payload = 0;
    int size = 0;
    if (!vmtools.receive(fd, &payload, &size)) return -1;
    if (size >= 0 && (size_t)size <= room) memcpy(to, payload, (size_t)size);
    free(payload);
    return size;
}
int sw_vmtools_send(int fd, const uint8_t *bytes, size_t size) { return vmtools.send(fd, (const char *)bytes, (int)size) ? 0 : -1; }
