internal import CBlkid
internal import Glibc
public import Kernel
public import SystemPackage

/// How a device or image is looked at.
public struct ProbeOptions: Hashable, Sendable {
    /// Where to begin, in bytes.
    public var offset: UInt64 = 0
    /// How far to look, in bytes; nil is to the end.
    public var size: UInt64?
    /// Of an image, in bytes; a device knows its own.
    public var sectorSize: UInt32?
    /// Where the last session of an optical medium begins, in bytes.
    public var sessionOffset: UInt64?
    /// Lists every signature, not only what tells the type.
    public var listsSignatures = false

    public init() {}
}

/// A libblkid probe of one device or image file, and our own probers for what Debian's libblkid does not name.
@safe
public struct Probe: ~Copyable {
    private let handle: blkid_probe
    private let descriptor: OwnedDescriptor
    let volume: DeviceVolume
    let options: ProbeOptions
    let subject: String

    /// Opens `path` for reading, and holds it: the last close of a device drops its page cache (block.md).
    public init(path: FilePath, _ options: ProbeOptions = ProbeOptions()) throws(OSError) {
        // O_NONBLOCK: an optical drive is neither closed nor its door locked.
        self = try Self.opened(
            try OwnedDescriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY), path.string, options)
    }

    /// Of an open descriptor. `subject` is what errors call it.
    public init(
        adopting descriptor: consuming OwnedDescriptor, subject: String, _ options: ProbeOptions = ProbeOptions()
    ) throws(OSError) {
        self = try Self.opened(descriptor, subject, options)
    }

    private init(
        adopting handle: blkid_probe, _ descriptor: consuming OwnedDescriptor, _ volume: DeviceVolume,
        _ subject: String,
        _ options: ProbeOptions
    ) {
        unsafe self.handle = handle
        self.descriptor = descriptor
        self.volume = volume
        self.subject = subject
        self.options = options
    }

    private static func opened(
        _ descriptor: consuming OwnedDescriptor, _ subject: String, _ options: ProbeOptions
    ) throws(OSError) -> Probe {
        let volume = try DeviceVolume(adopting: try descriptor.duplicate(), subject: subject)
        let raw = descriptor.rawValue
        errno = 0
        guard let handle = unsafe blkid_new_probe() else {
            throw OSError(operation: "blkid_new_probe", errno: .noMemory, subject: subject)
        }
        let probe = unsafe Probe(adopting: handle, descriptor, volume, subject, options)
        guard let offset = Int64(exactly: options.offset), let size = Int64(exactly: options.size ?? 0),
            options.offset <= volume.sizeInBytes
        else { throw OSError(operation: "probe", errno: .invalidArgument, subject: subject) }
        guard unsafe blkid_probe_set_device(handle, raw, offset, size) == 0 else {
            throw failure("blkid_probe_set_device", subject)
        }
        if let sectorSize = options.sectorSize { unsafe _ = blkid_probe_set_sectorsize(handle, sectorSize) }
        if let session = options.sessionOffset {
            guard unsafe blkid_probe_set_hint(handle, "session_offset", session) == 0 else {
                throw failure("blkid_probe_set_hint", subject)
            }
        }
        return probe
    }

    deinit { unsafe blkid_free_probe(handle) }

    private static func failure(_ operation: String, _ subject: String) -> OSError {
        OSError(operation: operation, errno: Errno(rawValue: errno == 0 ? EIO : errno), subject: subject)
    }

    // MARK: Superblocks

    /// What a run of the superblock chain says.
    enum Verdict: Equatable {
        case nothing, ambivalent, one
    }

    /// Looks for what excludes all else; types of `refuted` are not looked for.
    borrowing func verdict(refuted: [String] = [], into report: inout ProbeReport) throws(OSError) -> Verdict {
        unsafe blkid_reset_probe(handle)
        enable(magic: false)
        if !refuted.isEmpty { filter(refuted) }
        defer { if !refuted.isEmpty { unsafe _ = blkid_probe_reset_superblocks_filter(handle) } }
        errno = 0
        switch unsafe blkid_do_safeprobe(handle) {
        case 0: break
        case 1: return .nothing
        case -2: return .ambivalent
        default: throw Self.failure("blkid_do_safeprobe", subject)
        }
        report.type = value("TYPE")
        report.usage = value("USAGE")
        report.version = value("VERSION")
        report.label = value("LABEL")
        report.uuid = value("UUID")
        report.partitionTable = value("PTTYPE")
        report.partitionTableUUID = value("PTUUID")
        return .one
    }

    /// Every signature there is, in the order of libblkid.
    borrowing func signatures() throws(OSError) -> [ProbeReport.Signature] {
        unsafe blkid_reset_probe(handle)
        enable(magic: true)
        // What is hidden below is hidden in libblkid's buffers alone, until here.
        defer { unsafe _ = blkid_probe_reset_buffers(handle) }
        var found: [ProbeReport.Signature] = []
        // Each call goes on where the last one stopped. No disk has that many.
        while found.count < 1024 {
            errno = 0
            let status = unsafe blkid_do_probe(handle)
            if status == 1 { break }
            guard status == 0 else { throw Self.failure("blkid_do_probe", subject) }
            var isHidden = false
            for (kind, offset, magic) in [
                ("TYPE", "SBMAGIC_OFFSET", "SBMAGIC"), ("PTTYPE", "PTMAGIC_OFFSET", "PTMAGIC"),
            ] {
                guard let type = value(kind), let place = value(offset).flatMap({ UInt64($0) }),
                    let bytes = bytes(magic)
                else { continue }
                let usage = kind == "PTTYPE" ? "partition-table" : value("USAGE") ?? "other"
                let signature = ProbeReport.Signature(
                    type: type, usage: usage, offset: place.addingReportingOverflow(options.offset).partialValue,
                    magic: bytes)
                guard !found.contains(signature) else { continue }
                found.append(signature)
                // A format may have more than one, and then a copy of all of it: GPT's backup, ZFS's labels.
                if unsafe blkid_probe_hide_range(handle, place, UInt64(bytes.count)) == 0 { isHidden = true }
            }
            if isHidden { unsafe _ = blkid_probe_step_back(handle) }
        }
        return found
    }

    private borrowing func enable(magic: Bool) {
        let flags =
            BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID | BLKID_SUBLKS_TYPE | BLKID_SUBLKS_USAGE | BLKID_SUBLKS_VERSION
        unsafe blkid_probe_enable_superblocks(handle, 1)
        unsafe blkid_probe_set_superblocks_flags(
            handle, magic ? flags | BLKID_SUBLKS_MAGIC | BLKID_SUBLKS_BADCSUM : flags)
        unsafe blkid_probe_enable_partitions(handle, 1)
        unsafe blkid_probe_set_partitions_flags(handle, magic ? BLKID_PARTS_MAGIC | BLKID_PARTS_FORCE_GPT : 0)
    }

    private borrowing func filter(_ types: [String]) {
        var names = unsafe types.map { unsafe strdup($0) }
        unsafe names.append(nil)
        // SAFETY: a list that ends in nil, of strings that live through the call: libblkid copies none and keeps none.
        unsafe names.withUnsafeMutableBufferPointer { list in
            if let first = list.baseAddress {
                unsafe _ = blkid_probe_filter_superblocks_type(handle, BLKID_FLTR_NOTIN, first)
            }
        }
        for index in unsafe names.indices { unsafe free(names[index]) }
    }

    // MARK: Partitions

    /// Of the table that libblkid finds, whatever its kind, and its kind.
    borrowing func partitions() -> (table: String?, partitions: [ProbeReport.Partition]) {
        unsafe blkid_reset_probe(handle)
        unsafe blkid_probe_enable_partitions(handle, 1)
        unsafe blkid_probe_set_partitions_flags(handle, BLKID_PARTS_ENTRY_DETAILS)
        guard let list = unsafe blkid_probe_get_partitions(handle) else { return (nil, []) }
        let count = unsafe blkid_partlist_numof_partitions(list)
        // SAFETY: the list's first table, whose name is a constant of libblkid.
        let table = unsafe blkid_partlist_get_table(list)
        let kind = unsafe table.flatMap { unsafe blkid_parttable_get_type($0) }.map { unsafe String(cString: $0) }
        let partitions = (0..<max(0, count)).compactMap { index -> ProbeReport.Partition? in
            // SAFETY: the list, and the strings of its entries, live until the next probe.
            guard let entry = unsafe blkid_partlist_get_partition(list, index) else { return nil }
            let text = { (pointer: UnsafePointer<CChar>?) in unsafe pointer.map { unsafe String(cString: $0) } }
            let word = unsafe text(blkid_partition_get_type_string(entry))
            return ProbeReport.Partition(
                number: Int(unsafe blkid_partition_get_partno(entry)),
                start: UInt64(max(0, unsafe blkid_partition_get_start(entry))),
                size: UInt64(max(0, unsafe blkid_partition_get_size(entry))),
                type: word ?? "0x" + String(unsafe blkid_partition_get_type(entry), radix: 16),
                name: unsafe text(blkid_partition_get_name(entry)), uuid: unsafe text(blkid_partition_get_uuid(entry)),
                flags: unsafe blkid_partition_get_flags(entry))
        }
        return (kind, partitions)
    }

    // MARK: Values

    private borrowing func value(_ name: String) -> String? {
        bytes(name).map { bytes in EncodedText.of(bytes.last == 0 ? bytes.dropLast() : bytes[...]) }
    }

    private borrowing func bytes(_ name: String) -> [UInt8]? {
        var data: UnsafePointer<CChar>?
        var length = 0
        // SAFETY: libblkid's values have `length` bytes and live until the next probe.
        guard unsafe blkid_probe_lookup_value(handle, name, &data, &length) == 0, let data = unsafe data else {
            return nil
        }
        return unsafe UnsafeRawBufferPointer(start: data, count: length).map { $0 }
    }
}

/// Text of a disk as people and JSON can have it.
enum EncodedText {
    /// The bytes as UTF-8; those that are none are `\xNN`, as in udev's `ID_FS_LABEL_ENC`. At the first NUL it ends.
    static func of(_ bytes: some Collection<UInt8>) -> String {
        let bytes = Array(bytes.prefix { $0 != 0 })
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var text = ""
        var rest = bytes[...]
        while let first = rest.first {
            // The longest start that is one character.
            let length = (1...min(4, rest.count)).first { String(validating: rest.prefix($0), as: UTF8.self) != nil }
            if let length, let piece = String(validating: rest.prefix(length), as: UTF8.self) {
                text += piece
                rest = rest.dropFirst(length)
            } else {
                let digits = String(first, radix: 16)
                text += "\\x" + (digits.count == 1 ? "0" : "") + digits
                rest = rest.dropFirst()
            }
        }
        return text
    }
}
