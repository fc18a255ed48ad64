internal import CBlkid
internal import Glibc
public import Kernel
public import SystemPackage

/// A low-level libblkid probe of one device or image file.
@safe
public struct Probe: ~Copyable {
    private let handle: blkid_probe
    private let descriptor: OwnedDescriptor

    /// Opens `path` for reading, and holds it: the last close of a device drops its page cache (block.md).
    public init(path: FilePath) throws(OSError) { self = try Self.opened(path) }

    private init(adopting handle: blkid_probe, _ descriptor: consuming OwnedDescriptor) {
        unsafe self.handle = handle
        self.descriptor = descriptor
    }

    private static func opened(_ path: FilePath) throws(OSError) -> Probe {
        let descriptor = try OwnedDescriptor.open(path, O_RDONLY | O_NONBLOCK)
        errno = 0
        guard let handle = unsafe blkid_new_probe() else {
            throw OSError(operation: "blkid_new_probe", errno: .noMemory, subject: path.string)
        }
        let raw = descriptor.rawValue
        let probe = unsafe Probe(adopting: handle, descriptor)
        guard unsafe blkid_probe_set_device(handle, raw, 0, 0) == 0 else {
            let code = errno == 0 ? EIO : errno
            throw OSError(operation: "blkid_probe_set_device", errno: Errno(rawValue: code), subject: path.string)
        }
        return probe
    }

    deinit { unsafe blkid_free_probe(handle) }

    /// Superblocks and the partition table. An empty signature means that nothing is there.
    public borrowing func signature(subject: String) throws(OSError) -> Signature {
        let flags =
            BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID | BLKID_SUBLKS_TYPE | BLKID_SUBLKS_USAGE | BLKID_SUBLKS_VERSION
        unsafe blkid_probe_enable_superblocks(handle, 1)
        unsafe blkid_probe_set_superblocks_flags(handle, flags)
        unsafe blkid_probe_enable_partitions(handle, 1)
        errno = 0
        let status = unsafe blkid_do_safeprobe(handle)
        var result = Signature()
        switch status {
        case 0: break
        case 1: return result
        case -2:
            result.isAmbivalent = true
            return result
        default:
            throw OSError(
                operation: "blkid_do_safeprobe", errno: Errno(rawValue: errno == 0 ? EIO : errno), subject: subject)
        }
        result.type = value("TYPE")
        result.usage = value("USAGE")
        result.version = value("VERSION")
        result.label = value("LABEL")
        result.uuid = value("UUID")
        result.partitionTable = value("PTTYPE")
        result.partitionTableUUID = value("PTUUID")
        return result
    }

    private borrowing func value(_ name: String) -> String? {
        var data: UnsafePointer<CChar>?
        // SAFETY: libblkid's values are zero-terminated and live until the next probe.
        guard unsafe blkid_probe_lookup_value(handle, name, &data, nil) == 0, let data = unsafe data else { return nil }
        return unsafe String(cString: data)
    }
}
